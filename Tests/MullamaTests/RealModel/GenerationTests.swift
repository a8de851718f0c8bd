import Foundation
import InferenceCore
import Testing

@testable import Mullama

@Suite("Generations on the real model", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct GenerationTests {
    static let prompts = [
        "The capital of France is", "Water boils at", "Once upon a time", "The three primary colours are",
        "In the year 1492", "A dog is an animal that", "To make tea you", "The opposite of hot is",
    ]

    @Test("S05: generate, stream and collect give the same text; usage counts it")
    func sameText() async throws {
        let model = try await RealModel.load()
        let context = AsyncContext(model)
        let text = try await context.generate(Self.prompts[0], maxTokens: 12, options: .greedy)
        #expect(text.contains("Paris"))

        var streamed = ""
        var chunks = 0
        for try await chunk in context.stream(Self.prompts[0], maxTokens: 12, options: .greedy) {
            streamed += chunk.text
            chunks += 1
        }
        #expect(streamed == text)
        #expect(chunks > 6)

        let generation = try await context.stream(Self.prompts[0], maxTokens: 12, options: .greedy).collect()
        #expect(generation.text == text)
        #expect(generation.usage.completionTokens == generation.tokens.count)
        let promptTokens = try await model.tokenize(Self.prompts[0]).count
        #expect(generation.usage.promptTokens == promptTokens)
    }

    @Test("Rule 7: 8 interleaved greedy generations, and one beside a long prompt, give the same text as each alone")
    func sameAnswerUnderLoad() async throws {
        let model = try await RealModel.load()
        var alone: [String] = []
        for prompt in Self.prompts {
            let context = AsyncContext(model)
            alone.append(try await context.generate(prompt, maxTokens: 24, options: .greedy))
            await context.clear()
        }
        let together = try await model.generateAll(Self.prompts, maxTokens: 24, options: .greedy)
        #expect(together == alone)

        let long = String(repeating: "All work and no play makes Jack a dull boy. ", count: 25)
        async let beside = AsyncContext(model).generate(long, maxTokens: 4, options: .greedy)
        let mixed = try await model.generateAll(Self.prompts, maxTokens: 24, options: .greedy)
        _ = try await beside
        #expect(mixed == alone)
    }

    @Test("Rule 7: a cache hit does not change the answer")
    func sameAnswerFromCache() async throws {
        let model = try await RealModel.load()
        let preamble = String(repeating: "You are a careful assistant who answers briefly. ", count: 12)
        let first = AsyncContext(model)
        let cold = try await first.stream(preamble + "What is the moon?", maxTokens: 24, options: .greedy).collect()
        await first.clear()
        _ = try await AsyncContext(model).generate(preamble + "What is the sun?", maxTokens: 40, options: .greedy)
        let warm = try await AsyncContext(model).stream(preamble + "What is the moon?", maxTokens: 24, options: .greedy).collect()
        #expect(cold.usage.cachedTokens == 0)
        #expect(warm.usage.cachedTokens >= 64)
        #expect(warm.text == cold.text)
    }

    @Test("A batch answer that gives way to others goes on to the bit, and computes nothing twice")
    func givesWay() async throws {
        let model = try await RealModel.load(parallel: 1)
        let prompt = "A long story about a lighthouse keeper. " + String(repeating: "It was a quiet night. ", count: 12)
        let expected = try await AsyncContext(model, ContextParams(isolation: .strict)).generate(prompt, maxTokens: 40, options: .greedy)
        var options = GenerationOptions.greedy
        options.priority = .batch
        let batch = AsyncContext(model, ContextParams(isolation: .strict)).stream(prompt, maxTokens: 40, options: options)
        var iterator = batch.makeAsyncIterator()
        var text = ""
        while let chunk = try await iterator.next() {
            text += chunk.text
            // It may have been ahead of its reader, and be over.
            if text.count < 60 { _ = try await model.generate("The capital of France is", maxTokens: 2, options: .greedy) }
        }
        #expect(text == expected)
    }

    @Test("S22: a cancel in the middle of a long prompt leaves the context as it should be for the next")
    func cancelInPrefill() async throws {
        let model = try await RealModel.load(parallel: 2)
        let long = String(repeating: "All work and no play makes Jack a dull boy. ", count: 60)
        let question = Self.prompts[0]
        let expected = try await model.generate(question, maxTokens: 2, options: .greedy)
        let cold = try await AsyncContext(model).generate(long + question, maxTokens: 8, options: .greedy)
        let context = AsyncContext(model)
        for steps in 1...4 {
            // Each begins otherwise, so that none finds its prompt in the cache.
            let task = Task { try await context.generate("\(steps). " + long + question, maxTokens: 8, options: .greedy) }
            // Each answer of another context is some steps of the long prompt's.
            for _ in 0..<steps { #expect(try await model.generate(question, maxTokens: 2, options: .greedy) == expected) }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
        #expect(try await context.generate(long + question, maxTokens: 8, options: .greedy) == cold)
    }

    @Test("The same seed gives the same answer, other seeds give others")
    func seeds() async throws {
        let model = try await RealModel.load()
        let options = { GenerationOptions(temperature: 1, seed: $0) }
        let first = try await model.generate("My favourite", maxTokens: 16, options: options(7))
        #expect(try await model.generate("My favourite", maxTokens: 16, options: options(7)) == first)
        var others: Set<String> = []
        for seed in UInt64(8)..<12 { others.insert(try await model.generate("My favourite", maxTokens: 16, options: options(seed))) }
        #expect(others.count > 1)

        let drawn = try await AsyncContext(model).stream("My favourite", maxTokens: 16, options: .init(temperature: 1)).collect()
        #expect(try await model.generate("My favourite", maxTokens: 16, options: options(drawn.seed)) == drawn.text)
    }

    @Test(
        "Extreme but allowed options still choose tokens",
        arguments: [
            GenerationOptions(temperature: 1e-300), GenerationOptions(temperature: 5, topK: 0, topP: 1, minP: 0),
            GenerationOptions(temperature: 0.001, topP: 1e-300, minP: 1, typicalP: 1e-300),
            GenerationOptions(repeatPenalty: 100, repeatLastN: 1_000_000, frequencyPenalty: 100, presencePenalty: -100),
            GenerationOptions(temperature: 0.001, repeatPenalty: 0.01, logitBias: [5: 100_000]),
        ]
    )
    func extremes(_ options: GenerationOptions) async throws {
        let model = try await RealModel.load(parallel: 1)
        let generation = try await AsyncContext(model).stream("Once upon a time", maxTokens: 6, options: options).collect()
        #expect(generation.finishReason == .length || generation.finishReason == .stop)
    }

    @Test("A grammar is kept to, and its end ends the answer")
    func grammar() async throws {
        let model = try await RealModel.load()
        let options = GenerationOptions(temperature: 0.8, seed: 1, grammar: #"root ::= "yes" | "no""#)
        let generation = try await AsyncContext(model).stream("Is water wet? Answer:", maxTokens: 20, options: options).collect()
        #expect(["yes", "no"].contains(generation.text))
        #expect(generation.finishReason == .stop)
    }

    @Test("An answer that would end goes on to maxTokens where the end is ignored, greedy and sampled, and then ends as before")
    func ignoresEnd() async throws {
        let model = try await RealModel.load()
        let prompt = try await model.applyTemplate([ChatMessage(.user, "Answer with one word: what is the capital of France?")])
        for var options in [GenerationOptions.greedy, GenerationOptions(seed: 3)] {
            let context = AsyncContext(model)
            let plain = try await context.stream(rendered: prompt, maxTokens: 200, options: options).collect()
            #expect(plain.finishReason == .stop)
            options.ignoreEndOfGeneration = true
            let count = plain.tokens.count + 20
            let longer = try await context.stream(rendered: prompt, maxTokens: count, options: options).collect()
            #expect(longer.finishReason == .length && longer.usage.completionTokens == count)
            #expect(longer.text.hasPrefix(plain.text))
        }
        #expect(!model.supportsInfill)
        let error = await #expect(throws: MullamaError.self) {
            _ = try await AsyncContext(model).stream(infillBetween: "a", and: "b").accepted()
        }
        #expect(error?.code == .unsupportedModel && error?.message.contains(model.info.name) == true)
    }

    @Test("Penalties and biases change what is chosen")
    func samplers() async throws {
        let model = try await RealModel.load()
        let prompt = "na na na na na na na na"
        let plain = try await AsyncContext(model).stream(prompt, maxTokens: 8, options: .greedy).collect()
        let first = try #require(plain.tokens.first)
        var forbidden = GenerationOptions.greedy
        forbidden.logitBias = [first: -.infinity]
        let biased = try await AsyncContext(model).stream(prompt, maxTokens: 8, options: forbidden).collect()
        #expect(!biased.tokens.contains(first))
        var penalised = GenerationOptions.greedy
        penalised.repeatPenalty = 2
        #expect(try await model.generate(prompt, maxTokens: 8, options: penalised) != plain.text)
    }

    @Test("Text that is spread over tokens arrives whole: no U+FFFD in a streamed emoji")
    func utf8() async throws {
        let model = try await RealModel.load()
        let options = GenerationOptions(temperature: 0, grammar: "root ::= \"👩‍🚀 ünïcödé 日本語\"")
        var text = ""
        for try await chunk in AsyncContext(model).stream("Repeat:", maxTokens: 60, options: options) {
            #expect(!chunk.text.contains("\u{FFFD}"))
            text += chunk.text
        }
        #expect(text == "👩‍🚀 ünïcödé 日本語")
    }

    @Test("Tokens and text are each other's inverse")
    func tokens() async throws {
        let model = try await RealModel.load()
        let text = "Hello, wörld! 👩‍🚀\n\tdef f(x): return x"
        #expect(try await model.detokenize(model.tokenize(text)) == text)
        let special = try await model.tokenize("<|im_start|>", parseSpecial: true)
        #expect(special.count == 1)
        #expect(try await model.tokenize("<|im_start|>").count > 1)
        await #expect(throws: MullamaError.self) { _ = try await model.detokenize([99_999_999]) }
    }

    @Test("Overflow .shift goes on past the context's end on the real cache")
    func shift() async throws {
        let model = try await RealModel.load()
        let context = AsyncContext(model, ContextParams(contextSize: 64))
        let generation = try await context.stream(
            "Count: 1, 2, 3, 4,",
            maxTokens: 120,
            options: .init(temperature: 0, logitBias: [0: -.infinity, 2: -.infinity], overflow: .shift)
        ).collect()
        #expect(generation.usage.completionTokens == 120)
        #expect(generation.usage.droppedTokens > 40)
    }
}
