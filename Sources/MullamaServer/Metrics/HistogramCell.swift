import Metrics
import Synchronization

/// Where a series of a histogram stands: a timer, in seconds, or a recorder that aggregates.
final class HistogramCell: TimerHandler, RecorderHandler {
    let id: SeriesID
    private let histogram: Mutex<HistogramValue>

    init(_ id: SeriesID, bounds: HistogramBounds) {
        self.id = id
        self.histogram = Mutex(HistogramValue(bounds))
    }

    var snapshot: HistogramSnapshot { self.histogram.withLock { $0 }.snapshot }

    func recordNanoseconds(_ duration: Int64) {
        self.record(Double(max(0, duration)) / 1_000_000_000)
    }

    func record(_ value: Int64) {
        self.record(Double(value))
    }

    func record(_ value: Double) {
        self.histogram.withLock { $0.record(value) }
    }
}
