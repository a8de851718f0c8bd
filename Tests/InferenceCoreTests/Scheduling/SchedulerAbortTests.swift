import Testing

@testable import InferenceCore

@Suite("A prefill chunk that was broken off")
struct SchedulerAbortTests {
    private var scheduler = Scheduler(limits: SchedulerLimits(parallel: 2))

    private func request(_ id: UInt64, tokens: Int32) -> GenerationRequest {
        GenerationRequest(
            id: RequestID(id),
            context: ContextID(id),
            prompt: (0..<tokens).map { Token(rawValue: $0) },
            maxTokens: 4,
            contextSize: 512
        )
    }

    @Test("does not count: it is planned again, unless the cancel comes first; and the cache keeps what was there before")
    mutating func aborted() throws {
        let id = RequestID(1)
        _ = self.scheduler.add(self.request(1, tokens: 200), now: .zero)
        let first = try #require(self.scheduler.plan(now: .zero).plan)
        _ = self.scheduler.commit(StepOutcome(), now: .zero)
        let second = try #require(self.scheduler.plan(now: .zero).plan)
        let actions = self.scheduler.commit(StepOutcome(aborted: [id]), now: .zero)
        #expect(actions.isEmpty)
        let third = try #require(self.scheduler.plan(now: .zero).plan)
        #expect(third.prefill == second.prefill)
        #expect(third.prefill.first?.position == first.prefillTokens)
        _ = self.scheduler.commit(StepOutcome(aborted: [id]), now: .zero)

        let end = self.scheduler.cancel(id, now: .zero)
        #expect(end.map(\.request) == [id])
        _ = self.scheduler.add(self.request(2, tokens: 200), now: .zero)
        let next = try #require(self.scheduler.plan(now: .zero).plan)
        #expect(next.prefill.first?.position == first.prefillTokens)
    }

    @Test("teaches nothing about the cost of tokens")
    mutating func cost() throws {
        _ = self.scheduler.add(self.request(1, tokens: 400), now: .zero)
        let first = try #require(self.scheduler.plan(now: .zero).plan)
        _ = self.scheduler.commit(StepOutcome(aborted: [RequestID(1)], prefillTime: .nanoseconds(1)), now: .zero)
        let second = try #require(self.scheduler.plan(now: .zero).plan)
        #expect(second.prefillTokens == first.prefillTokens)
    }
}
