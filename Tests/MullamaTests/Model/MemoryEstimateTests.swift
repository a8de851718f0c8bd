import Foundation
import ModelStore
import Testing

@testable import Mullama

@Suite("Memory estimates", .serialized)
struct MemoryEstimateTests {
    private static let shapes = [(1, 256), (1, 512), (8, 512), (4, 1024), (3, 1280), (1, 4096), (64, 256)]

    /// The cache to the byte as llama.cpp rounds it when it prints, the total to 2 %.
    private func expectAgreement(_ url: URL, _ type: CacheType) throws {
        try self.expectAgreement(url, EngineSettings(cacheType: type, threads: 1))
    }

    private func expectAgreement(_ url: URL, _ settings: EngineSettings, within tolerance: Double = 0.02) throws {
        let shapes = Self.shapes.map { (parallel: $0.0, contextSize: $0.1) }
        let measured = try AllocatedMemory.measure(url, shapes, settings: settings)
        let header = try GGUFHeader(contentsOf: url)
        for (shape, allocated) in zip(shapes, measured) {
            let estimate = MemoryEstimate(header, contextSize: shape.contextSize, parallel: shape.parallel, settings: settings)
            let comment: Comment = "\(shape) \(settings): \(estimate) for \(allocated)"
            #expect(abs(Double(estimate.cache) - allocated.cache) <= 2 * 5_300, comment)
            #expect(abs(Double(estimate.weights) / allocated.weights - 1) < 0.001, comment)
            let total = allocated.weights + allocated.cache + allocated.compute
            #expect(abs(Double(estimate.total) / total - 1) < tolerance, comment)
            #expect(abs(Double(estimate.compute) / allocated.compute - 1) < 0.1, comment)
        }
    }

    @Test("S43: within 2 % of what llama.cpp allocates, with grouped heads", .needsModel, arguments: [CacheType.f16, .q8_0, .q4_0])
    func grouped(_ type: CacheType) throws {
        try self.expectAgreement(RealModel.url, type)
    }

    @Test(
        "Within 3 % for settings that are not the defaults",
        .needsModel,
        arguments: [
            EngineSettings(flashAttention: true, threads: 1), EngineSettings(cacheLayout: .unified, threads: 1),
            EngineSettings(flashAttention: true, cacheLayout: .unified, threads: 1), EngineSettings(microBatch: 64, threads: 1),
            EngineSettings(microBatch: 512, threads: 1), EngineSettings(cacheLayout: .unified, cacheType: .q8_0, threads: 1),
        ]
    )
    func settings(_ settings: EngineSettings) throws {
        try self.expectAgreement(RealModel.url, settings, within: 0.03)
    }

    @Test("S43: within 2 % with sliding windows", .needsSecondModel, arguments: [CacheType.f16, .q8_0, .q5_1])
    func slidingWindow(_ type: CacheType) throws {
        try self.expectAgreement(SecondModel.url, type)
    }

    @Test("With AMX the output is there beside the embedding, with a sum for each block of its numbers", .needsModel)
    func weightsWithAMX() throws {
        let header = try GGUFHeader(contentsOf: RealModel.url)
        #expect(header.weightsSize(withAMX: false) == header.weightsSize)
        // 49,152 tokens of 576 numbers in blocks of 32, each with 34 bytes and a sum of 4. The rest is Q4_1, which takes no more.
        #expect(header.weightsSize(withAMX: true) == header.weightsSize + 49_152 * 576 / 32 * 38)
    }

    @Test("S43: the peak counts cells in powers of two, and the cache before beside the last", .needsModel)
    func peak() throws {
        let header = try GGUFHeader(contentsOf: RealModel.url)
        let cells = { (slots: Int, cells: Int) in slots * cells * 23_040 }
        let estimate = MemoryEstimate(header, contextSize: 3000, parallel: 4)
        #expect(estimate.cache == cells(4, 3072))
        let cachesAtPeak = cells(4, 4096) + cells(4, 2048)
        #expect((cachesAtPeak...cachesAtPeak * 6 / 5).contains(estimate.peak))
        // The smallest cache is made once, beside nothing.
        let small = MemoryEstimate(header, contextSize: 512, parallel: 1)
        #expect(small.peak == small.cache + small.compute)
        let twice = MemoryEstimate(header, contextSize: 512, parallel: 2)
        #expect(twice.peak == twice.cache + twice.compute + small.peak)
    }

    @Test("The recommended number is what memory holds, at most four for each thread, and at least one", .needsModel)
    func recommended() throws {
        let url = try RealModel.url
        func recommend(_ memory: Int, threads: Int = 2, cacheMemory: Int? = nil, _ type: CacheType = .f16) throws -> Int {
            try MemoryEstimate.recommendedParallel(
                modelAt: url,
                contextSize: 4096,
                cacheType: type,
                threads: threads,
                cacheMemory: cacheMemory,
                memory: memory
            )
        }
        #expect(try recommend(100_000_000_000) == 8)
        #expect(try recommend(1_000_000_000_000, threads: 512) == 256)
        #expect(try recommend(1) == 1)
        #expect(try recommend(100_000_000_000, cacheMemory: 300_000_000) == 3)
        let some = try recommend(900_000_000)
        #expect((2...6).contains(some))
        #expect(try recommend(900_000_000, .q4_0) > some)
        let estimate = try MemoryEstimate.for(modelAt: url, contextSize: 4096, parallel: some)
        #expect(estimate.weights + estimate.peak <= 810_000_000)
        #expect(throws: MullamaError.self) { try recommend(1, threads: 0) }
    }

    @Test("Refuses what cannot be, and files that are no models")
    func refuses() throws {
        let url = URL(filePath: "/nowhere.gguf")
        #expect(throws: MullamaError.self) { try MemoryEstimate.for(modelAt: url) }
        #expect(throws: MullamaError.self) { try MemoryEstimate.for(modelAt: url, contextSize: 0) }
        #expect(throws: MullamaError.self) { try MemoryEstimate.for(modelAt: url, parallel: 257) }
        #expect(throws: MullamaError.self) { try MemoryEstimate.recommendedParallel(modelAt: url) }
    }

    @Test("Bytes of numbers are those of the blocks that hold them")
    func blocks() {
        #expect(CacheType.f16.bytes(64) == 128)
        #expect(CacheType.q8_0.bytes(64) == 68)
        #expect(CacheType.q4_0.bytes(64) == 36)
        #expect(CacheType.q4_0.bytes(65) == 54)
        #expect(CacheType.f16.bytes(.max) == .max)
        #expect(CacheType.allCases.filter(\.isQuantized).allSatisfy { $0.bytes(320) < CacheType.f16.bytes(320) })
    }
}
