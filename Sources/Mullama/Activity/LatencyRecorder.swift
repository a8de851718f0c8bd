import Histogram

/// Takes durations in, from a microsecond to hours.
struct LatencyRecorder: Sendable {
    private static let longest = UInt64(24 * 3600) * 1_000_000

    private var histogram = Histogram<UInt64>(highestTrackableValue: longest, numberOfSignificantValueDigits: .two)

    mutating func record(_ duration: Duration) {
        self.histogram.record(min(Self.longest, UInt64(clamping: duration.microseconds)))
    }

    var summary: LatencySummary { LatencySummary(self.histogram) }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (micros, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : micros + attoseconds / 1_000_000_000_000
    }
}
