/// A distribution at one moment.
package struct HistogramSnapshot: Sendable, Hashable {
    package struct Bucket: Sendable, Hashable {
        /// Inclusive.
        package var upperBound: Double
        /// How many values were at most ``upperBound``, those of the buckets before among them.
        package var count: UInt64

        package init(upperBound: Double, count: UInt64) {
            self.upperBound = upperBound
            self.count = count
        }
    }

    /// Ascending, all with a finite bound.
    package let buckets: [Bucket]
    /// Of all values.
    package let sum: Double
    /// Of all values.
    package let count: UInt64

    /// - Parameter buckets: In any order; one without a finite bound is left out, since ``count`` says the same.
    package init(buckets: [Bucket], sum: Double, count: UInt64) {
        self.buckets = buckets.filter(\.upperBound.isFinite).sorted { $0.upperBound < $1.upperBound }
        self.sum = sum
        self.count = count
    }
}
