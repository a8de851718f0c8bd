/// A distribution that values are added to.
struct HistogramValue: Sendable {
    private let bounds: [Double]
    /// How many values each bucket has by itself; the last one is for what is above all bounds.
    private var counts: [UInt64]
    private var sum = 0.0

    init(_ bounds: HistogramBounds) {
        self.bounds = bounds.values
        self.counts = Array(repeating: 0, count: bounds.values.count + 1)
    }

    /// - Parameter value: One that is not finite is passed over: it would be all that the sum says from then on.
    mutating func record(_ value: Double) {
        guard value.isFinite else { return }
        self.counts[self.bucket(of: value)] += 1
        self.sum += value
    }

    var snapshot: HistogramSnapshot {
        var count: UInt64 = 0
        let buckets = zip(self.bounds, self.counts).map { bound, own in
            count += own
            return HistogramSnapshot.Bucket(upperBound: bound, count: count)
        }
        return HistogramSnapshot(buckets: buckets, sum: self.sum, count: count + self.counts[self.bounds.count])
    }

    /// The first whose bound is not below the value.
    private func bucket(of value: Double) -> Int {
        var range = 0..<self.bounds.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = self.bounds[middle] < value ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }
}
