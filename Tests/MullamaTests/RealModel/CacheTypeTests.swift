import Testing

@testable import Mullama

@Suite("Quantized caches on the real model", .needsModel, .serialized, .timeLimit(.minutes(3)))
struct CacheTypeTests {
    @Test("Answers come from a cache in a quantized type, also after it has grown", arguments: [CacheType.q8_0, .q4_0])
    func answers(_ type: CacheType) async throws {
        let model = try await AsyncModel.load(RealModel.name, ModelParams(parallel: 2, contextSize: 1024, cacheType: type))
        let answer = try await model.generate("The capital of France is", maxTokens: 4, options: .greedy)
        #expect(answer.contains("Paris"))
        // 700 tokens of room need a larger cache than the first.
        var options = GenerationOptions.greedy
        options.stop = ["."]
        #expect(try await model.generate("The capital of France is", maxTokens: 700, options: options).contains("Paris"))
        #expect(model.account.budget.bytesPerToken < 23_040)
        await model.close()
    }
}
