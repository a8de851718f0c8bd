import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Embeddings beside streams", .timeLimit(.minutes(1)))
struct EmbeddingFairnessTests {
    private let fake = FakeModel(FakeControl(isHeld: true))

    /// What happens between two steps, and in the step after it.
    private struct Step {
        var parts: Int
        var plan: StepPlan
    }

    /// Lets steps run, one by one.
    private func steps(_ count: Int) async -> [Step] {
        var steps: [Step] = []
        for _ in 0..<count {
            let parts = self.fake.embeddings.log.parts.count
            await self.fake.control.advance()
            guard let plan = self.fake.control.log.step else { continue }
            steps.append(Step(parts: self.fake.embeddings.log.parts.count - parts, plan: plan))
        }
        return steps
    }

    /// A stream that generates, held in a step.
    private func startStream() async -> GenerationStream {
        let stream = AsyncContext(self.fake.model).stream("abc", maxTokens: 300)
        stream.collectsWhole()
        await self.fake.control.advance { $0.step?.decode.isEmpty == false }
        return stream
    }

    /// A call that the engine has before its next step.
    private func start(_ texts: [String], _ options: EmbeddingOptions = .init()) async throws -> Task<[Embedding], any Error> {
        let before = self.fake.control.log.texts
        let task = Task { try await self.fake.model.embed(texts, options: options) }
        await self.fake.control.texts(before + 1)
        // Behind it on the text thread.
        _ = try await self.fake.model.tokenize("")
        return task
    }

    @Test("a stream has a token after each piece, and the embedding a piece before each token")
    func stream() async throws {
        let stream = await self.startStream()
        let task = try await self.start([String(repeating: "x", count: 400)])
        for step in await self.steps(20) {
            #expect(step.parts == 1)
            #expect(step.plan.decode.count == 1)
        }
        self.fake.control.release()
        #expect(try await task.value.count == 1)
        #expect(try await stream.collect().text == String(repeating: "abc", count: 100))
        // No measurement, so no piece was larger than a block but for the end.
        #expect(self.fake.embeddings.log.parts.dropLast().allSatisfy { $0.tokens.count == 16 })
    }

    @Test("prompts and embeddings take turns beside a stream, and never have a part in one step both")
    func prompts() async throws {
        let stream = await self.startStream()
        let other = AsyncContext(self.fake.model).stream(String(repeating: "long prompt ", count: 30), maxTokens: 3)
        other.collectsWhole()
        _ = try await other.accepted()
        await self.fake.control.advance { $0.step?.prefill.isEmpty == false }
        let task = try await self.start([String(repeating: "x", count: 400)])

        let steps = await self.steps(16)
        #expect(steps.allSatisfy { $0.plan.decode.count == 1 })
        #expect(steps.allSatisfy { ($0.parts == 1) == $0.plan.prefill.isEmpty })
        #expect(steps.count { $0.parts == 1 } == 8)
        self.fake.control.release()
        #expect(try await task.value.count == 1)
        #expect(try await other.collect().text == "lon")
        _ = try await stream.collect()
    }

    @Test("a batch call has a piece in each fourth step beside a stream")
    func batch() async throws {
        let stream = await self.startStream()
        let task = try await self.start([String(repeating: "x", count: 400)], EmbeddingOptions(priority: .batch))
        #expect(await self.steps(16).map(\.parts).reduce(0, +) == 4)
        self.fake.control.release()
        #expect(try await task.value.count == 1)
        _ = try await stream.collect()
    }

    @Test("two calls move on together: a short one does not wait for a long one's end")
    func calls() async throws {
        let stream = await self.startStream()
        let long = try await self.start([String](repeating: String(repeating: "x", count: 40), count: 100))
        let short = try await self.start(["short"])
        let embeddings = self.fake.embeddings
        await self.fake.control.advance { _ in embeddings.log.parts.contains { $0.tokens.count == 5 } }
        self.fake.control.release()
        #expect(try await short.value.count == 1)
        #expect(try await long.value.count == 100)
        // Two parts of each long text, and the short one before their end.
        #expect(embeddings.log.parts.count == 201)
        #expect(embeddings.log.parts.last?.tokens.count == 24)
        _ = try await stream.collect()
    }
}
