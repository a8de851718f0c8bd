import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Structured concurrency", .timeLimit(.minutes(1)))
struct StructuredConcurrencyTests {
    private enum Outcome: Equatable {
        case answer(String)
        case failed(MullamaError.Code)
        case timedOut(partialText: String?)
    }

    private let clock = ManualClock()

    /// The guide's three arms.
    private func timed(_ context: AsyncContext, _ prompt: String, maxTokens: Int) async throws -> Outcome {
        do {
            return .answer(
                try await withTimeout(.seconds(5), clock: self.clock) { try await context.generate(prompt, maxTokens: maxTokens) }
            )
        } catch let error as MullamaError where error.code == .timedOut {
            return .timedOut(partialText: error.partialText)
        } catch let error as MullamaError {
            return .failed(error.code)
        }
    }

    @Test("S12 S29: a pair of async let on one model runs together, each with its own result")
    func asyncLet() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        async let first = AsyncContext(fake.model).generate("one ", maxTokens: 400)
        async let second = AsyncContext(fake.model).generate("two ", maxTokens: 400)
        try await fake.decode(2)
        fake.control.release()
        #expect(try await first == String(repeating: "one ", count: 100))
        #expect(try await second == String(repeating: "two ", count: 100))
    }

    @Test("S12: of an async let pair, the failure of one leaves the other's result")
    func asyncLetFailure() async throws {
        let fake = FakeModel()
        async let bad = self.timed(AsyncContext(fake.model), "", maxTokens: 12)
        async let good = AsyncContext(fake.model).generate("good", maxTokens: 12)
        #expect(try await bad == .failed(.invalidRequest))
        #expect(try await good == "goodgoodgood")
    }

    @Test("An async let that is not awaited is cancelled at the end of its scope")
    func asyncLetUnawaited() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        do {
            async let _ = AsyncContext(fake.model).generate("unread", maxTokens: 400)
            await fake.control.advance { $0.live.count == 1 }
        }
        // The engine is still in the step in which the scope ended.
        try await self.expectWorking(fake)
    }

    @Test("S08 S28: a task group on one context and on many gets every answer, each its own")
    func group() async throws {
        let fake = FakeModel(parallel: 3)
        let shared = AsyncContext(fake.model)
        let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for index in 0..<12 {
                let context = index.isMultiple(of: 2) ? shared : AsyncContext(fake.model)
                group.addTask { (index, try await context.generate("task \(index) ", maxTokens: 16)) }
            }
            return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        for index in 0..<12 { #expect(answers[index] == CancelScene.answer(to: "task \(index) ", 16)) }
    }

    @Test("S12: in a throwing group the first failure cancels the siblings, also in the middle of a step")
    func throwingGroup() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let group = Task {
            try await withThrowingTaskGroup(of: String.self) { group in
                for prompt in ["one", "two", "six"] {
                    group.addTask { try await AsyncContext(fake.model).generate(prompt, maxTokens: 400) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        try await fake.decode(3)
        fake.control.fail(RequestID(2), RequestFault(.engineFailed, "on purpose"))
        await fake.control.advance(by: 1)
        await #expect {
            _ = try await group.value
        } throws: { error in
            (error as? MullamaError)?.code == .engineFailed
        }
        try await self.expectWorking(fake)
    }

    @Test("S12: in a group of results a failure leaves the siblings' answers")
    func plainGroup() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let group = Task {
            await withTaskGroup(of: Result<String, any Error>.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        do { return .success(try await AsyncContext(fake.model).generate("abcd", maxTokens: 400)) } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        try await fake.decode(3)
        fake.control.fail(RequestID(2), RequestFault(.engineFailed, "on purpose"))
        fake.control.release()
        let results = await group.value
        #expect(results.compactMap { try? $0.get() } == Array(repeating: String(repeating: "abcd", count: 100), count: 2))
        try await self.expectWorking(fake)
    }

    @Test("S13 S14: on one context an answer, a generation that fails, one that is out of time, and an answer again")
    func threeWays() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let context = AsyncContext(fake.model)
        fake.control.release(4)
        #expect(try await self.timed(context, "abc", maxTokens: 4) == .answer("abca"))

        async let bad = self.timed(context, "bad!", maxTokens: 400)
        await fake.control.advance { $0.decoded(RequestID(2)) == 1 }
        fake.control.fail(RequestID(2), RequestFault(.engineFailed, "on purpose"))
        fake.control.release(1)
        #expect(try await bad == .failed(.engineFailed))

        async let late = self.timed(context, "xyz", maxTokens: 400)
        await self.clock.nextSleeper()
        await fake.control.advance { $0.decoded(RequestID(3)) == 3 }
        self.clock.advance(by: .seconds(5))
        #expect(try await late == .timedOut(partialText: "xyz"))

        fake.control.release()
        #expect(try await self.timed(context, "abc", maxTokens: 4) == .answer("abca"))
        #expect(fake.control.log.live.isEmpty)
    }

    /// The engine does nothing more for those who were cancelled, and serves the next.
    private func expectWorking(_ fake: FakeModel) async throws {
        let before = fake.control.log.plans.count
        fake.control.release()
        #expect(try await fake.model.generate("next", maxTokens: 8) == "nextnext")
        #expect(fake.control.log.live.isEmpty)
        #expect(fake.control.log.plans.count <= before + 10)
    }
}
