import Metrics
import Synchronization

/// Where a series of a counter stands. Prometheus has one kind of number: whole ones are exact up to 2^53.
final class CounterCell: CounterHandler, FloatingPointCounterHandler {
    let id: SeriesID
    private let count = Mutex(0.0)

    init(_ id: SeriesID) {
        self.id = id
    }

    var value: Double { self.count.withLock { $0 } }

    func increment(by amount: Int64) {
        self.increment(by: Double(amount))
    }

    /// A counter only grows: an amount below zero, or none at all, is passed over.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.count.withLock { $0 += amount }
    }

    func reset() {
        self.count.withLock { $0 = 0 }
    }
}
