import Testing

@testable import Mullama

@Suite("How a text is cut")
struct EmbeddingCutTests {
    /// The sizes of a text's parts.
    private static func parts(_ cut: EmbeddingCut, _ count: Int, fits: Int = .max) -> [Int] {
        var sizes: [Int] = []
        var position = 0
        while position < count {
            let end = cut.end(after: position, of: count) { $0 <= fits }
            sizes.append(end - position)
            position = end
        }
        return sizes
    }

    @Test(
        "in whole blocks, the last 16 to 31 tokens apart",
        arguments: [
            (1, [1]), (15, [15]), (16, [16]), (31, [31]), (32, [16, 16]), (47, [16, 31]), (48, [32, 16]), (100, [64, 16, 20]),
            (300, [64, 64, 64, 64, 16, 28]),
        ]
    )
    func blocks(_ count: Int, _ sizes: [Int]) {
        #expect(Self.parts(.blocks(atMost: 64), count) == sizes)
    }

    @Test("smaller where there is less time, and never less than a block")
    func time() {
        #expect(Self.parts(.blocks(atMost: 64), 100, fits: 40) == [32, 32, 16, 20])
        #expect(Self.parts(.blocks(atMost: 64), 100, fits: 1) == [16, 16, 16, 16, 16, 20])
        #expect(Self.parts(.blocks(atMost: 16), 100) == [16, 16, 16, 16, 16, 20])
    }

    @Test("not at all where tokens look at all others")
    func whole() {
        #expect(Self.parts(.whole, 500, fits: 1) == [500])
    }
}

@Suite("What becomes of a text's numbers")
struct EmbeddingFormTests {
    private static func pooled(_ pooling: EmbeddingPooling, _ rows: [[Float]]) -> [Double] {
        var pooled = PooledRows(pooling, width: 2)
        for row in rows { row.withUnsafeBufferPointer { pooled.add($0) } }
        return pooled.vector
    }

    @Test("the mean of all tokens, the first, or the last")
    func pooling() {
        let rows: [[Float]] = [[1, 2], [3, 0], [5, 7]]
        #expect(Self.pooled(.mean, rows) == [3, 3])
        #expect(Self.pooled(.first, rows) == [1, 2])
        #expect(Self.pooled(.last, rows) == [5, 7])
        // In double precision: in single precision it would be nought.
        #expect(Self.pooled(.mean, [[1e8, 0], [1, 0], [-1e8, 0]])[0] > 0.3)
    }

    @Test("cut first, then scaled to unit length")
    func form() throws {
        let raw = [3.0, -4, 12]
        #expect(try EmbeddingForm(normalize: false).vector(raw) == [3, -4, 12])
        #expect(try EmbeddingForm(dimensions: 2, normalize: false).vector(raw) == [3, -4])
        #expect(try EmbeddingForm(dimensions: 2, normalize: true).vector(raw) == [0.6, -0.8])
        #expect(try EmbeddingForm(normalize: true).vector(raw) == raw.map { Float($0 / 13) })
        #expect(try EmbeddingForm(normalize: true).vector([0, 0]) == [0, 0])
    }

    @Test("what is no number is refused", arguments: [Double.nan, .infinity])
    func noNumber(_ value: Double) {
        #expect(throws: (any Error).self) { _ = try EmbeddingForm(normalize: true).vector([1, value]) }
        // What is cut off does no harm.
        #expect(throws: Never.self) { _ = try EmbeddingForm(dimensions: 1, normalize: true).vector([1, value]) }
    }
}
