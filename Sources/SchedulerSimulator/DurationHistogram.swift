/// Counts durations in buckets that are 3 % wide, so that hours of traffic take no memory.
public struct DurationHistogram: Sendable, Hashable {
    /// Buckets for each doubling of the duration, as a power of two.
    private static let precision = 5

    private var buckets: [Int] = []
    public private(set) var count = 0
    public private(set) var sum: Duration = .zero
    /// Exactly.
    public private(set) var max: Duration = .zero

    public init() {}

    public var mean: Duration { self.count == 0 ? .zero : self.sum / self.count }

    mutating func record(_ duration: Duration) {
        let bucket = Self.bucket(duration)
        if bucket >= self.buckets.count { self.buckets += Array(repeating: 0, count: bucket + 1 - self.buckets.count) }
        self.buckets[bucket] += 1
        self.count += 1
        self.sum += duration
        self.max = Swift.max(self.max, duration)
    }

    mutating func add(_ other: Self) {
        if other.buckets.count > self.buckets.count {
            self.buckets += Array(repeating: 0, count: other.buckets.count - self.buckets.count)
        }
        for (index, count) in other.buckets.enumerated() { self.buckets[index] += count }
        self.count += other.count
        self.sum += other.sum
        self.max = Swift.max(self.max, other.max)
    }

    /// The duration that so many percent do not exceed, at most 3 % too large; zero without any.
    public func percentile(_ percent: Double) -> Duration {
        let rank = Double(self.count) * percent / 100
        var seen = 0
        for (bucket, count) in self.buckets.enumerated() {
            seen += count
            if count > 0, Double(seen) >= rank { return min(self.max, .nanoseconds(Self.largest(in: bucket))) }
        }
        return self.max
    }

    private static func bucket(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = UInt64(Swift.max(0, seconds)) * 1_000_000_000 + UInt64(Swift.max(0, attoseconds)) / 1_000_000_000
        let shift = Swift.max(0, UInt64.bitWidth - nanoseconds.leadingZeroBitCount - self.precision - 1)
        return (shift << self.precision) + Int(nanoseconds >> UInt64(shift))
    }

    private static func largest(in bucket: Int) -> Int64 {
        let shift = Swift.max(0, (bucket >> self.precision) - 1)
        let mantissa = bucket - (shift << self.precision)
        return (Int64(mantissa + 1) << Int64(shift)) - 1
    }
}

extension DurationHistogram: Encodable {
    private enum Key: String, CodingKey {
        case count, mean, p50, p90, p99, max
    }

    /// As figures in seconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.count, forKey: .count)
        try container.encode(self.mean.inSeconds, forKey: .mean)
        for (key, percent) in [(Key.p50, 50.0), (.p90, 90), (.p99, 99)] {
            try container.encode(self.percentile(percent).inSeconds, forKey: key)
        }
        try container.encode(self.max.inSeconds, forKey: .max)
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
