import Metrics
import Synchronization

/// Where a series of a gauge stands: a meter, or a recorder that keeps the last value.
final class GaugeCell: MeterHandler, RecorderHandler {
    let id: SeriesID
    private let current = Mutex(0.0)

    init(_ id: SeriesID) {
        self.id = id
    }

    var value: Double { self.current.withLock { $0 } }

    func set(_ value: Int64) {
        self.set(Double(value))
    }

    func set(_ value: Double) {
        self.current.withLock { $0 = value }
    }

    func increment(by amount: Double) {
        guard amount.isFinite else { return }
        self.current.withLock { $0 += amount }
    }

    func decrement(by amount: Double) {
        self.increment(by: -amount)
    }

    func record(_ value: Int64) {
        self.set(Double(value))
    }

    func record(_ value: Double) {
        self.set(value)
    }
}
