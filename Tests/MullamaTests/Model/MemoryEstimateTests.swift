import Foundation
import Testing

@testable import Mullama

@Suite("Memory estimates")
struct MemoryEstimateTests {
    /// What llama.cpp 0.5 says that it allocates for the default model with these settings, in bytes.
    private static let allocated: [(parallel: Int, contextSize: Int, cache: Int, compute: Int)] = [
        (1, 512, 11_796_480, 8_785_888),
        (8, 512, 94_371_840, 8_589_280 + 8 * 196_608),
        (4, 1024, 94_371_840, 13_832_160 + 4 * 196_608),
        (8, 4096, 754_974_720, 45_289_440 + 8 * 196_608),
    ]

    @Test("S43: within 2 % of what llama.cpp allocates", .needsModel, arguments: allocated.indices)
    func agrees(_ index: Int) throws {
        let expected = Self.allocated[index]
        let estimate = try MemoryEstimate.for(
            modelAt: RealModel.url,
            contextSize: expected.contextSize,
            parallel: expected.parallel
        )
        #expect(estimate.cache == expected.cache)
        #expect(abs(Double(estimate.compute) / Double(expected.compute) - 1) < 0.02)
        #expect((96_000_000...97_000_000).contains(estimate.weights))
        #expect(estimate.total == estimate.weights + estimate.cache + estimate.compute)
    }

    @Test("Refuses what cannot be, and files that are no models")
    func refuses() throws {
        let url = URL(filePath: "/nowhere.gguf")
        #expect(throws: MullamaError.self) { try MemoryEstimate.for(modelAt: url) }
        #expect(throws: MullamaError.self) { try MemoryEstimate.for(modelAt: url, contextSize: 0) }
        #expect(throws: MullamaError.self) { try MemoryEstimate.for(modelAt: url, parallel: 257) }
    }
}
