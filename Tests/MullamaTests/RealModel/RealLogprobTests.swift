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
}
