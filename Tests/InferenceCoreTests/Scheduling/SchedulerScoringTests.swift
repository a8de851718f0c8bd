import InferenceCore
import Testing

@Suite("Scheduler: prompts that are scored")
struct SchedulerScoringTests {
    /// Requests with odd numbers also ask how likely their answer is, which is not what this is about.
    private static func scored(
        _ id: UInt64,
        prompt: Range<Int>,
        maxTokens: Int = 0,
        priority: RequestPriority = .normal
    ) -> GenerationRequest {
        .sample(id, prompt: prompt, maxTokens: maxTokens, priority: priority, scoresPrompt: true)
    }

    @Test(
        "every token but the first is scored, in parts of at most 32, cut where prompts are cut",
        arguments: [1, 2, 15, 16, 31, 32, 47, 48, 200]
    )
    func parts(count: Int) {
        var harness = SchedulerHarness(chunk: 256)
        harness.add(Self.scored(1, prompt: 0..<count, maxTokens: 3))
        harness.run()
        #expect(harness.scores[RequestID(1)]?.map(\.token) == Token.numbered(0..<count).dropFirst().map(\.self))
        #expect(harness.text(1) == "xxx")
        let chunks = harness.chunks(of: 1)
        #expect(chunks.allSatisfy { $0[1] <= 32 })
        #expect(chunks.reduce(0) { $0 + $1[1] } == count)
    }

    @Test("with no token to generate the request ends when its prompt is scored, and the prompt may fill the context")
    func noTokens() {
        var harness = SchedulerHarness()
        harness.add(.sample(1, prompt: 0..<60, maxTokens: 0, contextSize: 60, scoresPrompt: true))
        harness.run()
        #expect(harness.reason(1) == .length)
        #expect(harness.scores[RequestID(1)]?.count == 59)
        #expect(harness.texts.isEmpty && harness.usage(1) == Usage(promptTokens: 60))
    }

    @Test("without that, no token to generate and a full context are refused")
    func refused() {
        var harness = SchedulerHarness()
        harness.add(.sample(1, maxTokens: 0))
        harness.add(.sample(2, prompt: 0..<60, maxTokens: 1, contextSize: 60, scoresPrompt: true))
        harness.add(.sample(3, prompt: 0..<61, maxTokens: 0, contextSize: 60, scoresPrompt: true))
        #expect([1, 2, 3].map { harness.ending($0)?.fault?.code } == [.invalidRequest, .contextWindowExceeded, .contextWindowExceeded])
    }

    @Test("nothing of what is there is used, nor waited for; what was scored serves others")
    func computesAll() {
        var harness = SchedulerHarness(parallel: 3)
        harness.add(.sample(1, prompt: 0..<200, maxTokens: 2))
        harness.run()
        harness.add(.sample(2, prompt: 1_000..<1_200, maxTokens: 2))
        harness.add(Self.scored(3, prompt: 0..<200))
        harness.add(Self.scored(4, prompt: 1_000..<1_200))
        harness.step()
        #expect(harness.scheduler.runningCount == 3)
        harness.run()
        #expect(harness.usage(3)?.cachedTokens == 0 && harness.usage(4)?.cachedTokens == 0)
        #expect(harness.misses[RequestID(3)] == .scored)
        harness.forget(1)
        harness.add(.sample(5, prompt: 0..<200, maxTokens: 2))
        harness.run()
        #expect(harness.usage(5)?.cachedTokens == 176)
    }

    @Test("a batch request that gives way is scored as a whole, once, also if what was kept of it is lost", arguments: [false, true])
    func givesWay(losesCopies: Bool) {
        var harness = SchedulerHarness(parallel: 1, chunk: 32, parkedTokens: 1_000)
        harness.add(Self.scored(1, prompt: 0..<200, priority: .batch))
        harness.steps(3)
        harness.add(.sample(2, prompt: 1_000..<1_020, priority: .interactive))
        harness.step(until: { $0.ending(2) != nil })
        harness.losesCopies = losesCopies
        harness.step()
        harness.losesCopies = false
        harness.run()
        #expect(harness.cache.suspensions == 1)
        #expect(harness.scores[RequestID(1)]?.count == 199)
        #expect(harness.chunks(of: 1).count { $0[0] == 0 } == (losesCopies ? 2 : 1))
    }

    @Test("steps that score tell nothing of what other steps take")
    func cost() {
        var cost = StepCostModel()
        let chunk = StepPlan.PrefillChunk(
            request: RequestID(1),
            slot: SlotID(0),
            tokens: Token.numbered(0..<32)[...],
            position: 0,
            isLast: false,
            targets: Token.numbered(1..<33)[...]
        )
        cost.learn(StepOutcome(prefillTime: .seconds(1)), from: StepPlan(prefill: [chunk]))
        #expect(cost.secondsToPrefill(32, after: 0) == nil)
    }
}
