import Foundation
import InferenceCore
import Testing

@testable import Mullama

@Suite("How likely the real model finds tokens", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealLogprobTests {
    private static let prompt = "The capital of France is"

    @Test("probabilities add up to 1 at most, the greedy token is the most likely, its bytes are the text, and asking changes no answer")
    func greedy() async throws {
        let model = try await RealModel.load(parallel: 2)
        var options = GenerationOptions.greedy
        let plain = try await AsyncContext(model).stream(Self.prompt, maxTokens: 24, options: options).collect()
        options.logprobs = 20
        let told = try await AsyncContext(model).stream(Self.prompt, maxTokens: 24, options: options).collect()
        #expect(told.tokens == plain.tokens && told.text == plain.text)
        #expect(told.logprobs.map(\.token) == told.tokens)
        #expect(String(decoding: told.logprobs.flatMap(\.bytes), as: UTF8.self) == told.text)
        for entry in told.logprobs {
            #expect(entry.top.count == 20)
            #expect(entry.top.first == .init(token: entry.token, bytes: entry.bytes, logprob: entry.logprob))
            #expect(entry.top.map(\.logprob) == entry.top.map(\.logprob).sorted(by: >))
            let sum = entry.top.reduce(0) { $0 + exp($1.logprob) }
            #expect(sum > 0.1 && sum <= 1 + 1e-9)
        }
    }

    @Test("they are the model's own, before temperature, penalties, biases and a grammar")
    func raw() async throws {
        let model = try await RealModel.load(parallel: 2)
        var options = GenerationOptions.greedy
        options.logprobs = 5
        let greedy = try await AsyncContext(model).stream(Self.prompt, maxTokens: 1, options: options).collect()
        let expected = try #require(greedy.logprobs.first)
        let forced = GenerationOptions(
            temperature: 2,
            repeatPenalty: 1.5,
            seed: 1,
            logitBias: [expected.token: -100],
            grammar: "root ::= \"x\"+",
            logprobs: 5
        )
        let other = try await AsyncContext(model).stream(Self.prompt, maxTokens: 1, options: forced).collect()
        let found = try #require(other.logprobs.first)
        #expect(found.top == expected.top)
        #expect(found.token != expected.token && found.logprob < expected.logprob)
    }

    @Test(
        "a text's tokens are as likely in a prompt as the model finds them after what stands before them, and as likely beside others as alone"
    )
    func prompt() async throws {
        let model = try await RealModel.load(parallel: 4)
        let prompt = try await model.tokenize("The capital of France is a city that many people visit every year. They come to see")
        var options = GenerationOptions.greedy
        options.logprobs = 3
        let generated = try await AsyncContext(model).stream(prompt, maxTokens: 60, options: options).collect()
        let text = prompt + generated.tokens
        options.promptLogprobs = true
        let alone = try await AsyncContext(model).stream(text, maxTokens: 0, options: options).collect()
        #expect(alone.finishReason == .length && alone.tokens.isEmpty)
        #expect(alone.promptLogprobs.count == text.count && alone.promptLogprobs[0] == nil)
        #expect(alone.promptLogprobs.dropFirst().map { $0?.token } == text.dropFirst().map { $0 })

        // What follows a beginning of the text, as a generation tells it. Blocks of 16 tokens and more are computed by one kind of kernels.
        options.promptLogprobs = false
        for count in [16, 17, 31, 32, 33, 48, 63, 64, text.count - 1] {
            let next = try await AsyncContext(model).stream(Array(text[..<count]), maxTokens: 1, options: options).collect()
            let (told, scored) = (try #require(next.logprobs.first), try #require(alone.promptLogprobs[count]))
            #expect(told.top.map(\.token) == scored.top.map(\.token))
            for (told, scored) in zip(told.top, scored.top) { #expect(abs(told.logprob - scored.logprob) < 1e-3, "\(count)") }
        }
        // Single rows are computed by others, which round otherwise: it is the same but for that.
        let differences = zip(generated.logprobs, alone.promptLogprobs.dropFirst(prompt.count)).map { told, scored in
            abs(told.logprob - (scored?.logprob ?? .infinity))
        }
        #expect(differences.reduce(0, +) / Double(differences.count) < 0.1, "\(differences)")

        options.promptLogprobs = true
        async let others = model.generateAll(GenerationTests.prompts, maxTokens: 24, options: .greedy)
        let beside = try await AsyncContext(model).stream(text, maxTokens: 0, options: options).collect()
        _ = try await others
        #expect(beside.promptLogprobs == alone.promptLogprobs)
    }

    @Test("asking about the prompt changes no answer")
    func sameAnswer() async throws {
        let model = try await RealModel.load(parallel: 2)
        for prompt in GenerationTests.prompts {
            var options = GenerationOptions.greedy
            options.logprobs = 2
            let plain = try await AsyncContext(model).stream(prompt, maxTokens: 16, options: options).collect()
            options.promptLogprobs = true
            let scored = try await AsyncContext(model).stream(prompt, maxTokens: 16, options: options).collect()
            #expect(scored.text == plain.text && scored.logprobs == plain.logprobs)
        }
    }
}
