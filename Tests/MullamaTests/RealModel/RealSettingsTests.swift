import InferenceCore
import Testing

@testable import Mullama

@Suite("Every setting on the real model", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealSettingsTests {
    /// With which an answer is that of the defaults, to the bit, whatever else runs.
    private static let strict = [ModelParams(microBatch: 64), ModelParams(threads: 1), ModelParams(threads: 1, microBatch: 512)]
    private static let relaxed = [
        ModelParams(flashAttention: true), ModelParams(cacheLayout: .unified), ModelParams(flashAttention: true, cacheLayout: .unified),
        ModelParams(cacheType: .q8_0, cacheLayout: .unified),
    ]
    private static let preamble = String(repeating: "You are a careful assistant who answers briefly. ", count: 24)
    private static let questions = ["The capital of France is", "The capital of Italy is", "The capital of Spain is"]

    private func load(_ params: ModelParams, parallel: Int) async throws -> AsyncModel {
        var params = params
        params.parallel = parallel
        params.tuning = .off
        let model = try await AsyncModel.load(RealModel.name, params)
        let settings = model.info.settings
        #expect(settings.cacheLayout == params.cacheLayout ?? .perSequence)
        #expect(settings.flashAttention == (params.flashAttention ?? params.cacheType.isQuantized))
        #expect(settings.microBatch == params.microBatch ?? 256)
        return model
    }

    /// Prompts with one preamble, together; whether they shared it.
    private func answers(_ model: AsyncModel) async throws -> [String] {
        let streams = Self.questions.map { AsyncContext(model).stream(Self.preamble + $0, maxTokens: 10, options: .greedy) }
        var texts: [String] = []
        var computed = 0
        for stream in streams {
            let answer = try await stream.collect()
            texts.append(answer.text)
            computed += answer.usage.promptTokens - answer.usage.cachedTokens
        }
        #expect(computed < 230 + 3 * 40)
        return texts
    }

    @Test("Settings that keep answers give those of the defaults, with a shared preamble too", arguments: strict)
    func kept(_ params: ModelParams) async throws {
        let expected = try await self.answers(try await self.load(ModelParams(), parallel: 4))
        #expect(try await self.answers(try await self.load(params, parallel: 4)) == expected)
    }

    @Test("The others answer as well, and share a preamble", arguments: relaxed)
    func others(_ params: ModelParams) async throws {
        let model = try await self.load(params, parallel: 4)
        _ = try await self.answers(model)
        for (question, answer) in zip(Self.questions, ["Paris", "Rome", "Madrid"]) {
            #expect(try await model.generate(question, maxTokens: 6, options: .greedy).contains(answer), "\(question)")
        }
    }

    @Test("Contexts that take turns on one slot are parked and fetched", arguments: strict + relaxed)
    func turns(_ params: ModelParams) async throws {
        let model = try await self.load(params, parallel: 1)
        let contexts = [AsyncContext(model), AsyncContext(model)]
        var first: [String] = []
        for (context, question) in zip(contexts, Self.questions) {
            first.append(try await context.generate("\(question.count). \(Self.preamble)\(question)", maxTokens: 8, options: .greedy))
        }
        for ((context, question), text) in zip(zip(contexts, Self.questions), first) {
            let prompt = "\(question.count). \(Self.preamble)\(question)"
            let again = try await context.stream(prompt, maxTokens: 8, options: .greedy).collect()
            #expect(again.usage.promptTokens - again.usage.cachedTokens < 32)
            #expect(again.text == text)
        }
    }

    @Test("A long prompt that is cancelled leaves its neighbours alone, and its place is free again", arguments: strict + relaxed)
    func cancel(_ params: ModelParams) async throws {
        let model = try await self.load(params, parallel: 3)
        let neighbour = AsyncContext(model).stream(Self.questions[0], maxTokens: 24, options: .greedy)
        neighbour.collectsWhole()
        let long = Task { try await model.generate(String(repeating: Self.preamble, count: 4), maxTokens: 200, options: .greedy) }
        _ = try await model.generate("Once upon a time", maxTokens: 2, options: .greedy)
        long.cancel()
        await #expect(throws: CancellationError.self) { try await long.value }
        #expect(try await neighbour.collect().text.contains("Paris"))
        #expect(try await self.answers(model).count == 3)
    }

    @Test("With flash attention the cache is stored in another order: what was saved without it is refused, and the other way round")
    func saved() async throws {
        let file = SavedFile()
        let plain = AsyncContext(try await self.load(ModelParams(), parallel: 1))
        let flash = AsyncContext(try await self.load(ModelParams(flashAttention: true), parallel: 1))
        for (own, other) in [(plain, flash), (flash, plain)] {
            _ = try await own.generate(Self.preamble, maxTokens: 1, options: .greedy)
            try await own.save(to: file.url)
            await #expect {
                try await other.restore(from: file.url)
            } throws: { error in
                (error as? MullamaError)?.code == .stateMismatch && "\(error)".contains("f16 with flash attention")
            }
        }
        // Where the cells lie is no part of it.
        let unified = AsyncContext(try await self.load(ModelParams(cacheLayout: .unified), parallel: 2))
        _ = try await plain.generate(Self.preamble, maxTokens: 1, options: .greedy)
        try await plain.save(to: file.url)
        try await unified.restore(from: file.url)
        #expect(try await unified.stream(Self.preamble, maxTokens: 1, options: .greedy).collect().usage.cachedTokens >= 64)
    }
}
