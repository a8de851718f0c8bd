import Foundation
import Testing

@testable import Mullama

@Suite("Saving the real model's contexts", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealSaveTests {
    @Test("S45: a prefix saved by a model of 2 sequences is restored into one of 5, and the answer is equal to the cold one")
    func roundTrip() async throws {
        let file = SavedFile()
        let preamble = String(repeating: "You are a careful assistant who answers briefly. ", count: 12)
        let question = preamble + "What is the moon?"
        let first = AsyncContext(try await RealModel.load(parallel: 2))
        let cold = try await first.stream(question, maxTokens: 16, options: .greedy).collect()
        try await first.save(to: file.url)
        await first.model.close()

        let model = try await RealModel.load(parallel: 5)
        let context = AsyncContext(model)
        // In a slot that is not the first, and in a cache that has grown before.
        async let busy = AsyncContext(model).generate("Once upon a time", maxTokens: 40, options: .greedy)
        try await context.restore(from: file.url)
        let warm = try await context.stream(question, maxTokens: 16, options: .greedy).collect()
        #expect(warm.usage.cachedTokens >= 64)
        #expect(warm.text == cold.text)
        _ = try await busy

        let other = try await AsyncModel.load(RealModel.name, ModelParams(parallel: 1, cacheType: .q8_0))
        await #expect {
            try await AsyncContext(other).restore(from: file.url)
        } throws: { error in
            (error as? MullamaError)?.code == .stateMismatch && (error as? MullamaError)?.message.contains("q8_0") == true
        }
    }
}
