import Foundation
import InferenceCore
import Testing

@testable import Mullama

/// A state that cannot be rolled back, computed by llama.cpp itself.
@Suite("A recurrent model", .needsModel, .serialized, .timeLimit(.minutes(2)))
struct RecurrentTests {
    private static let preamble = String(repeating: "the quick brown fox jumps over the lazy dog. ", count: 6)

    private static func withModel(
        parallel: Int = 4,
        hasInfill: Bool = false,
        _ body: (AsyncModel) async throws -> Void
    ) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "mullama-\(UUID().uuidString).gguf")
        try TinyMamba.write(to: url, hasInfill: hasInfill)
        defer { try? FileManager.default.removeItem(at: url) }
        let model = try await AsyncModel.load(contentsOf: url, ModelParams(threads: 1, parallel: parallel, reproducibility: .relaxed))
        #expect(model.info.architecture == "mamba")
        try await body(model)
        await model.close()
    }

    private static func alone(_ model: AsyncModel, _ prompt: String) async throws -> String {
        let answer = try await AsyncContext(model, ContextParams(isolation: .strict)).stream(prompt, maxTokens: 12, options: .greedy)
            .collect()
        #expect(answer.usage.cachedTokens == 0)
        return answer.text
    }

    @Test("tokens for writing between two texts are found in a model's file")
    func infill() async throws {
        try await Self.withModel(hasInfill: true) { model in
            #expect(model.supportsInfill)
            let stream = AsyncContext(model).stream(infillBetween: "let x = ", and: ";", maxTokens: 4, options: .greedy)
            let expected = 3 + (try await model.tokenize("let x = ", addSpecial: false).count)
            let after = try await model.tokenize(";", addSpecial: false).count
            #expect(try await [expected + after, expected + after + 1].contains(stream.accepted()))
            _ = try await stream.collect()
        }
        try await Self.withModel { #expect(!$0.supportsInfill) }
    }

    @Test("a prompt is scored, its state being such that it cannot be rolled back")
    func scored() async throws {
        try await Self.withModel { model in
            let context = AsyncContext(model)
            let plain = try await context.stream(Self.preamble, maxTokens: 8, options: .greedy).collect()
            let options = GenerationOptions(temperature: 0, promptLogprobs: true)
            let scored = try await context.stream(Self.preamble, maxTokens: 8, options: options).collect()
            #expect(scored.text == plain.text && scored.usage.cachedTokens == 0)
            #expect(scored.promptLogprobs.count == plain.usage.promptTokens)
            #expect(scored.promptLogprobs.dropFirst().allSatisfy { $0.map { $0.logprob < 0 } ?? false })
        }
    }

    @Test("says the same again from its saved state, and goes on with a conversation from there")
    func again() async throws {
        try await Self.withModel { model in
            let context = AsyncContext(model)
            let first = try await context.stream(Self.preamble, maxTokens: 12, options: .greedy).collect()
            let again = try await context.stream(Self.preamble, maxTokens: 12, options: .greedy).collect()
            #expect(first.usage.cachedTokens == 0 && first.usage.completionTokens > 0)
            #expect(again.usage.promptTokens - again.usage.cachedTokens < 32)
            #expect(again.tokens == first.tokens)

            let turn = Self.preamble + first.text + " and then?"
            let next = try await context.stream(turn, maxTokens: 12, options: .greedy).collect()
            #expect(next.usage.cachedTokens == again.usage.cachedTokens)
            #expect(try await next.text == Self.alone(model, turn))
        }
    }

    @Test("prompts with one preamble that come together compute it once; a state is copied, moved and parked unchanged")
    func together() async throws {
        try await Self.withModel { model in
            let prompts = ["a cat", "two dogs", "some sheep", "no bird", "a fish", "a cow"].map { Self.preamble + $0 }
            let streams = prompts.map { AsyncContext(model).stream($0, maxTokens: 12, options: .greedy) }
            for stream in streams { stream.collectsWhole() }
            var cached = 0
            for (prompt, stream) in zip(prompts, streams) {
                let answer = try await stream.collect()
                cached += answer.usage.cachedTokens
                #expect(try await answer.text == Self.alone(model, prompt), "\(prompt.suffix(10))")
            }
            #expect(cached >= 5 * 256)
            let record = try #require(model.recentGenerations.first)
            #expect(record.cacheMiss == .nothingAlike)
        }
    }

    @Test("S22: after a cancel in the middle of a prompt the same prompt has its answer")
    func cancelled() async throws {
        try await Self.withModel(parallel: 2) { model in
            let prompt = String(repeating: Self.preamble, count: 12)
            let expected = try await Self.alone(model, prompt)
            let context = AsyncContext(model)
            for steps in 1...3 {
                let task = Task { try await context.generate("\(steps) " + prompt, maxTokens: 4, options: .greedy) }
                for _ in 0..<steps { _ = try await model.generate("x", maxTokens: 2, options: .greedy) }
                task.cancel()
                _ = await task.result
                #expect(try await context.generate(prompt, maxTokens: 12, options: .greedy) == expected)
            }
        }
    }

    @Test("a prewarmed preamble is kept, although the state cannot be cut back to it")
    func prewarmed() async throws {
        try await Self.withModel { model in
            let count = try await model.prewarm(Self.preamble, as: "fox")
            #expect(count >= 224)
            let answer = try await AsyncContext(model).stream(Self.preamble + "a cat", maxTokens: 12, options: .greedy).collect()
            #expect(answer.usage.cachedTokens == count)
            #expect(try await answer.text == Self.alone(model, Self.preamble + "a cat"))
        }
    }
}
