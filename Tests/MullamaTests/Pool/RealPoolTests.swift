import Testing

@testable import Mullama

@Suite("Pools on the real model", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealPoolTests {
    @Test("S35 S43: contexts beyond the model's cacheMemory are refused with both figures; the size that fits is recommended")
    func memory() async throws {
        let model = try await AsyncModel.load(RealModel.name, ModelParams(parallel: 4, cacheMemory: 200_000_000))
        let params = ContextParams(contextSize: 4096)
        await #expect {
            _ = try await ModelPool(model, size: 4, params)
        } throws: { error in
            let error = error as? MullamaError
            return error?.code == .outOfMemory && error?.message.contains("377 MB") == true && error?.message.contains("200 MB") == true
        }
        #expect(ModelPool.recommendedSize(for: model, params, memory: 1_000_000_000) == 2)
        let pool = try await ModelPool(model, size: 2, params)
        #expect(try await pool.withContext { $0.contextSize } == 4096)
    }

    @Test("S40: answers through a pool are those of the model alone, in the order of the calls")
    func sameAnswers() async throws {
        let model = try await RealModel.load()
        let alone = try await model.generateAll(GenerationTests.prompts, maxTokens: 8, options: .greedy)
        let pool = try await ModelPool(model, size: 3, ContextParams(contextSize: 512))
        let tasks = GenerationTests.prompts.map { prompt in
            Task { try await pool.generate(prompt, maxTokens: 8, options: .greedy) }
        }
        var answers: [String] = []
        for task in tasks { answers.append(try await task.value) }
        #expect(answers == alone)
        #expect(pool.stats.acquired == 8 && pool.stats.inUse == 0)
        await pool.close()
    }
}
