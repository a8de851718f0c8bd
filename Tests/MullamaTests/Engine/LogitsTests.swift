import Foundation
import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Scores of tokens")
struct LogitsTests {
    private static func logprobs(_ scores: [Float], of token: Token, top count: Int) throws -> (own: Double, top: [Logits.Ranked]) {
        var scores = scores
        return try scores.withUnsafeMutableBufferPointer { try Logits($0).logprobs(of: token, top: count) }
    }

    @Test("log probabilities are those of the softmax, and the most likely come first", arguments: [1, 7, 16, 257, 5_000])
    func softmax(size: Int) throws {
        var random = SeededGenerator(seed: UInt64(size))
        let scores = (0..<size).map { _ in Float.random(in: -30...30, using: &random) }
        let sum = scores.reduce(0) { $0 + exp(Double($1)) }
        let expected = scores.map { Double($0) - log(sum) }
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        for token in [0, size / 2, size - 1] {
            let found = try Self.logprobs(scores, of: Token(rawValue: Int32(token)), top: 20)
            #expect(abs(found.own - expected[token]) < 1e-9)
            #expect(found.top.map { Int($0.token.rawValue) } == Array(order.prefix(20)))
            #expect(found.top.allSatisfy { abs($0.logprob - expected[Int($0.token.rawValue)]) < 1e-9 })
        }
    }

    @Test("of equals the first comes first, what is ruled out has minus infinity, and none may be asked for")
    func edges() throws {
        let found = try Self.logprobs([3, -.infinity, 3, 3, 1], of: 1, top: 3)
        #expect(found.own == -.infinity)
        #expect(found.top.map(\.token) == [0, 2, 3])
        #expect(try Self.logprobs([1, 2], of: 0, top: 0).top.isEmpty)
        // So large that a sum of floats would be infinite.
        #expect(try abs(Self.logprobs([3e38, 3e38], of: 0, top: 1).own + log(2)) < 1e-9)
    }

    @Test("scores that are no numbers are a fault of the request", arguments: [Float.nan, .infinity])
    func notNumbers(_ score: Float) {
        #expect(throws: RequestFault.self) { try Self.logprobs([1, score, 2], of: 0, top: 1) }
    }
}
