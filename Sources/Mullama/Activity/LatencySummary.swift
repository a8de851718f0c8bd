import Histogram

/// How long something took, over all times that it happened. Kept to two significant digits.
public struct LatencySummary: Sendable, Hashable {
    /// How often it happened.
    public var count: Int
    public var minimum: Duration
    public var median: Duration
    public var p90: Duration
    public var p99: Duration
    public var maximum: Duration

    /// Nothing happened yet.
    public static let none = LatencySummary(Histogram<UInt64>(highestTrackableValue: 2))

    init(_ histogram: Histogram<UInt64>) {
        self.count = Int(clamping: histogram.totalCount)
        guard histogram.totalCount > 0 else {
            (self.minimum, self.median, self.p90, self.p99, self.maximum) = (.zero, .zero, .zero, .zero, .zero)
            return
        }
        func at(_ percentile: Double) -> Duration { .microseconds(Int64(clamping: histogram.valueAtPercentile(percentile))) }
        self.minimum = .microseconds(Int64(clamping: histogram.min))
        self.median = at(50)
        self.p90 = at(90)
        self.p99 = at(99)
        self.maximum = at(100)
    }
}
