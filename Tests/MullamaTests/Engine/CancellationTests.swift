import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Ending a generation early", .timeLimit(.minutes(1)))
struct CancellationTests {
    /// A generation that is in the middle of its answer, and held there.
    private func decoding(_ fake: FakeModel, _ options: GenerationOptions = .init()) async -> GenerationStream {
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 400, options: options)
        fake.control.release(3)
        await fake.control.steps(4)
        return stream
    }

    private func expectWorking(_ fake: FakeModel) async throws {
        fake.control.release()
        #expect(try await AsyncContext(fake.model).generate("next", maxTokens: 8) == "nextnext")
        #expect(fake.control.log.live.isEmpty)
    }

    @Test("S24: cancelling the task throws CancellationError at the await, while the engine is in a step, and stops the engine")
    func task() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let task = Task { try await AsyncContext(fake.model).generate("abc", maxTokens: 400) }
        fake.control.release(3)
        await fake.control.steps(4)
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        try await self.expectWorking(fake)
        #expect(fake.control.log.plans.count < 50)
    }

    @Test("S23: a token cancels from outside of the task")
    func token() async throws {
        let token = CancellationToken()
        let fake = FakeModel(FakeControl(isHeld: true))
        let stream = await self.decoding(fake, .init(cancellation: token))
        token.cancel()
        await #expect(throws: CancellationError.self) { _ = try await stream.collect() }
        try await self.expectWorking(fake)
    }

    @Test("S23: a token that is cancelled already ends a call before any work")
    func cancelledToken() async throws {
        let token = CancellationToken()
        token.cancel()
        let fake = FakeModel()
        await #expect(throws: CancellationError.self) {
            _ = try await AsyncContext(fake.model).generate("abc", options: .init(cancellation: token))
        }
        #expect(fake.control.log.plans.isEmpty)
    }

    @Test("S25: leaving the loop early stops the engine, though a variable still holds the stream")
    func earlyBreak() async throws {
        let fake = FakeModel()
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 400)
        for try await chunk in stream {
            #expect(chunk.text == "a")
            break
        }
        try await self.expectWorking(fake)
        let first = try #require(fake.control.log.plans.first?.prefill.first?.request)
        #expect(fake.control.log.plans.count { $0.decode.contains { $0.request == first } } < 399)
        withExtendedLifetime(stream) {}
    }

    @Test("S25: a stream that is dropped unread stops the engine")
    func dropped() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        do {
            let stream = await self.decoding(fake)
            withExtendedLifetime(stream) {}
        }
        try await self.expectWorking(fake)
        #expect(fake.control.log.plans.count < 50)
    }

    @Test("A call that waits in the queue is cancelled without ever being computed")
    func queued() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1)
        let running = AsyncContext(fake.model).stream("run", maxTokens: 6)
        await fake.control.steps(1)
        let waiting = Task { try await AsyncContext(fake.model).generate("wait", maxTokens: 6) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        fake.control.release()
        #expect(try await running.collect().text == "runrun")
        try await self.expectWorking(fake)
        #expect(fake.control.log.plans.allSatisfy { $0.decode.count + $0.prefill.count <= 1 })
    }

    @Test("S10: the deadline throws timedOut with the text so far, also while the engine has nothing else to do")
    func deadline() async throws {
        let clock = ManualClock()
        let fake = FakeModel(clock: clock)
        let stream = AsyncContext(fake.model).stream("abcd", maxTokens: 400, options: .init(deadline: .seconds(5)))
        // Nobody reads: after that many steps the engine pauses the sequence and sleeps until the deadline.
        await fake.control.steps(32)
        clock.advance(by: .seconds(5))
        await #expect {
            _ = try await stream.collect()
        } throws: { error in
            let error = error as? MullamaError
            return error?.code == .timedOut && error?.partialText?.hasPrefix("abcdabcd") == true
        }
        try await self.expectWorking(fake)
    }

    @Test("What a cancelled call has computed is a warm prefix for the next")
    func warmPrefix() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let prompt = String(repeating: "0123456789abcdef", count: 4)
        let task = Task { try await AsyncContext(fake.model).generate(prompt, maxTokens: 400) }
        fake.control.release(4)
        await fake.control.steps(5)
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        fake.control.release()
        let again = try await AsyncContext(fake.model).stream(prompt, maxTokens: 4).collect()
        #expect(again.usage.cachedTokens == 48)
        #expect(again.text == "0123")
    }
}
