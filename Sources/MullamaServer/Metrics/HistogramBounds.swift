/// The upper bounds of a histogram's buckets, each inclusive. What is above the last one is counted, too.
package struct HistogramBounds: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// Ascending, finite, each once.
    package let values: [Double]

    /// - Parameter values: In any order; what is not finite is left out, since the last bucket has no bound anyway.
    package init(_ values: [Double]) {
        self.values = Set(values.filter(\.isFinite)).sorted()
    }

    package init(arrayLiteral values: Double...) {
        self.init(values)
    }

    /// Of times that nothing better is known of, in seconds: 1 ms … 120 s.
    package static let latency: Self = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

    /// Of sizes and counts that nothing better is known of.
    package static let magnitude: Self = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000]
}
