import Testing

@testable import MullamaServer

@Suite("Histograms")
struct HistogramTests {
    @Test("A value belongs to the first bucket whose bound is not below it")
    func buckets() {
        var histogram = HistogramValue([1, 2, 5])
        for value in [0, 1, 1.5, 2, 5, 5.5, -1] { histogram.record(value) }
        #expect(
            histogram.snapshot
                == HistogramSnapshot(
                    buckets: [.init(upperBound: 1, count: 3), .init(upperBound: 2, count: 5), .init(upperBound: 5, count: 6)],
                    sum: 14,
                    count: 7
                )
        )
    }

    @Test("Values that are not finite are passed over")
    func infinite() {
        var histogram = HistogramValue([1])
        for value in [Double.nan, .infinity, -.infinity, 0.5] { histogram.record(value) }
        #expect(histogram.snapshot == HistogramSnapshot(buckets: [.init(upperBound: 1, count: 1)], sum: 0.5, count: 1))
    }

    @Test("Bounds are sorted, finite and each once; none at all is allowed")
    func bounds() {
        #expect(HistogramBounds([2, 1, 2, .infinity, .nan]).values == [1, 2])
        var histogram = HistogramValue([])
        histogram.record(3)
        #expect(histogram.snapshot == HistogramSnapshot(buckets: [], sum: 3, count: 1))
    }
}
