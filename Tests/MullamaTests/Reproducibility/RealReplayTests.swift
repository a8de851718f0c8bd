import Foundation
import InferenceCore
import ModelStore
import MullamaTestSupport
import Testing

@testable import Mullama

/// Random mixes of calls on the real models: what each says, and the logits that it chose from, must be what they are alone.
///
/// Callers that each make some calls one after the other, on contexts that go on and on new ones, that share preambles, leave in the middle, and
/// belong to different classes. There are more callers than slots, little room for what is parked, and a cache that grows and shrinks.
@Suite("The same answer under any load, on the real models", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealReplayTests {
    struct Call: Sendable, Hashable {
        var prompt: String
        var maxTokens: Int
        /// Nil for greedy.
        var seed: UInt64?

        var options: GenerationOptions {
            self.seed.map { GenerationOptions(temperature: 1, seed: $0) } ?? GenerationOptions(temperature: 0, seed: 0)
        }
    }

    /// What a caller does next.
    private struct Turn: Sendable {
        var call: Call
        /// Leaves after so many chunks.
        var leavesAfter: Int?
        var isOnNewContext: Bool
        var priority: RequestPriority
    }

    private static let preambles = [
        String(repeating: "You are a careful assistant who answers briefly. ", count: 10),
        String(repeating: "All work and no play makes Jack a dull boy. ", count: 7) + "And then, on a cold day in the north, ",
        "",
    ]
    private static let questions = [
        "What is the moon?", "Who wrote Faust, and why does it matter today?", "Once upon a time",
    ]

    private static func calls(long: String?) -> [Call] {
        var calls = Self.preambles.enumerated().flatMap { index, preamble in
            Self.questions.enumerated().map { question in
                let seed: UInt64? = (index + question.offset).isMultiple(of: 2) ? nil : UInt64(100 * index + question.offset)
                return Call(prompt: preamble + question.element, maxTokens: 6 + 5 * question.offset, seed: seed)
            }
        }
        if let long {
            // The others would take as long again, and show nothing that they do not show on the other model.
            calls.removeSubrange(3...)
            calls.append(Call(prompt: long + Self.questions[0], maxTokens: 24))
            calls.append(Call(prompt: long + Self.questions[1], maxTokens: 24, seed: 7))
        }
        return calls
    }

    private static func turns(_ calls: [Call], caller: Int, count: Int, seed: UInt64) -> [Turn] {
        var generator = SeededGenerator(seed: seed &* 1_000 &+ UInt64(caller))
        return (0..<count).map { _ in
            Turn(
                call: calls.randomElement(using: &generator) ?? calls[0],
                leavesAfter: Int.random(in: 0..<4, using: &generator) == 0 ? Int.random(in: 0...4, using: &generator) : nil,
                isOnNewContext: Bool.random(using: &generator),
                priority: RequestPriority.allCases.randomElement(using: &generator) ?? .normal
            )
        }
    }

    /// - Returns: The texts of the calls that came to their end.
    private static func run(_ turns: [Turn], on model: AsyncModel) async throws -> [(Call, String)] {
        var context = AsyncContext(model)
        var texts: [(Call, String)] = []
        for turn in turns {
            if turn.isOnNewContext { context = AsyncContext(model) }
            var options = turn.call.options
            options.priority = turn.priority
            let stream = context.stream(turn.call.prompt, maxTokens: turn.call.maxTokens, options: options)
            if let leavesAfter = turn.leavesAfter {
                var count = 0
                for try await _ in stream {
                    count += 1
                    if count > leavesAfter { break }
                }
            } else {
                texts.append((turn.call, try await stream.collect().text))
            }
        }
        return texts
    }

    private func replay(_ name: String, parallel: Int, shape: StepShape, long: String?, seeds: Range<UInt64>) async throws {
        let (weights, header) = try ReplayModel.weights(name)
        let calls = Self.calls(long: long)
        let alone = ReplayModel(weights, header, parallel: 1, shape: .any, parkedTokens: 0)
        var expected: [Call: String] = [:]
        for call in calls {
            let context = AsyncContext(alone.model, ContextParams(isolation: .strict))
            expected[call] = try await context.generate(call.prompt, maxTokens: call.maxTokens, options: call.options)
        }
        let reference = alone.record.all
        var chosen = 0
        for seed in seeds {
            let loaded = ReplayModel(weights, header, parallel: parallel, shape: shape, parkedTokens: 700)
            let texts = try await withThrowingTaskGroup(of: [(Call, String)].self) { group in
                for caller in 0..<(parallel + 2) {
                    let turns = Self.turns(calls, caller: caller, count: 3, seed: seed)
                    group.addTask { try await Self.run(turns, on: loaded.model) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for (call, text) in texts { #expect(text == expected[call], "seed \(seed): \(call.prompt.suffix(30))") }
            for (call, runs) in loaded.record.all {
                let alone = try #require(reference[call]?.first)
                for run in runs {
                    let equal = zip(run, alone).prefix { $0 == $1 }.count
                    #expect(
                        equal == run.count,
                        "seed \(seed): the logits of token \(equal) of \(run.count) after \(call.prompt.count) tokens"
                    )
                    chosen += equal
                }
            }
            await loaded.model.close()
        }
        await alone.model.close()
        #expect(chosen > 50)
    }

    @Test("SmolLM2: every text and every logit, also of seeded answers")
    func small() async throws {
        try await self.replay(RealModel.name, parallel: 4, shape: StepShape(decodeBatch: 8, prefillChunk: 64), long: nil, seeds: 0..<1)
    }

    /// Behind a preamble that the window has passed.
    @Test("Gemma 3 in batches of 3: every text and every logit", .needsSecondModel)
    func second() async throws {
        let long = String(repeating: "You are a careful assistant who answers briefly. ", count: 62)
        try await self.replay(SecondModel.name, parallel: 4, shape: StepShape(decodeBatch: 3, prefillChunk: 64), long: long, seeds: 0..<1)
    }
}
