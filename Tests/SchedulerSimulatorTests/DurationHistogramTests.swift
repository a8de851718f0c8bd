import Testing

@testable import SchedulerSimulator

@Suite("DurationHistogram")
struct DurationHistogramTests {
    @Test("percentiles are at most 3 % too large, and never too small", arguments: [1, 31, 32, 63, 64, 65, 1_000, 123_456_789, 1 << 60])
    func precision(nanoseconds: Int64) {
        var histogram = DurationHistogram()
        histogram.record(.nanoseconds(nanoseconds))
        histogram.record(.nanoseconds(nanoseconds * 2))
        let found = histogram.percentile(50)
        #expect(found >= .nanoseconds(nanoseconds) && found <= .nanoseconds(nanoseconds + nanoseconds / 32))
        #expect(histogram.max == .nanoseconds(nanoseconds * 2) && histogram.percentile(100) == histogram.max)
    }

    @Test("ranks")
    func ranks() {
        var histogram = DurationHistogram()
        #expect(histogram.percentile(50) == .zero && histogram.mean == .zero)
        for value in 1...50 { histogram.record(.nanoseconds(value)) }
        #expect(histogram.percentile(50) == .nanoseconds(25) && histogram.percentile(90) == .nanoseconds(45))
        #expect(histogram.percentile(0) == .nanoseconds(1) && histogram.mean == .nanoseconds(25) + .picoseconds(500))
    }

    @Test("two together are as one of both")
    func sum() {
        var (both, first, second) = (DurationHistogram(), DurationHistogram(), DurationHistogram())
        for value in 0..<200 {
            let duration = Duration.microseconds(value * value)
            both.record(duration)
            if value.isMultiple(of: 3) { first.record(duration) } else { second.record(duration) }
        }
        first.add(second)
        #expect(first == both)
    }
}

extension Duration {
    fileprivate static func picoseconds(_ count: Int64) -> Duration {
        Duration(secondsComponent: 0, attosecondsComponent: count * 1_000_000)
    }
}
