import InferenceCore
import Mullama
import MullamaTestSupport
import Testing

@Suite("A test that is out of time fails and does not hang", .timeLimit(.minutes(1)))
struct GivingUpTests {
    private func expectEnd(_ body: @escaping @Sendable () async throws -> Void) async {
        let task = Task { try? await body() }
        task.cancel()
        await task.value
        let waiting = Task { try? await body() }
        // It waits by now, or is about to.
        for _ in 0..<100 { await Task.yield() }
        waiting.cancel()
        await waiting.value
    }

    @Test("what waits for a step, a text, or somebody who sleeps")
    func waits() async {
        await self.expectEnd { await FakeControl(isHeld: true).steps(1) }
        await self.expectEnd { await FakeControl(isHeld: true).texts(1) }
        await self.expectEnd { await FakeControl(isHeld: true).advance { _ in false } }
        await self.expectEnd { await ManualClock().nextSleeper() }
        await self.expectEnd { try await waitWhile(true) }
    }

    @Test("what advances through an answer's end, and the steps that it held")
    func steps() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 4)
        let task = Task { await fake.control.advance { $0.plans.last?.decode.count == 2 } }
        await fake.control.rests(1)
        task.cancel()
        await task.value
        #expect(try await stream.collect().text == "abca")
        #expect(try await AsyncContext(fake.model).generate("abc", maxTokens: 4) == "abca")
    }
}
