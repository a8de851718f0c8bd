import InferenceCore
import Testing

/// Models whose state cannot be rolled back: the reference cache minds every cut that they could not make.
@Suite("Scheduler: checkpoints")
struct SchedulerCheckpointTests {
    private static func recurrent(parallel: Int = 2, parkedTokens: Int = 10_000) -> SchedulerHarness {
        var harness = SchedulerHarness(parallel: parallel, canTrim: false, parkedTokens: parkedTokens)
        harness.model.followsCells = true
        return harness
    }

    private static func text(alone id: UInt64, _ prompt: [Token]) -> String {
        var harness = SchedulerHarness(parallel: 1)
        harness.model.followsCells = true
        harness.add(Self.request(id, prompt))
        harness.run()
        return harness.text(id)
    }

    private static func request(_ id: UInt64, context: UInt64? = nil, _ prompt: [Token], isStrict: Bool = false) -> GenerationRequest {
        var request = GenerationRequest.sample(id, context: context)
        request.prompt = prompt
        request.isStrict = isStrict
        return request
    }

    private static func prompt(_ shared: Int, then start: Int, _ count: Int) -> [Token] {
        Token.numbered(0..<shared) + Token.numbered(start..<(start + count))
    }

    @Test("the next turn of a conversation begins where the last prompt's whole blocks end")
    func turns() throws {
        var harness = Self.recurrent()
        harness.add(Self.request(1, context: 1, Self.prompt(100, then: 1_000, 0)))
        harness.run()
        #expect(harness.cache.saves == 1)
        let second = Self.prompt(100, then: 2_000, 60)
        harness.add(Self.request(2, context: 1, second))
        harness.run()
        #expect(harness.usage(2)?.cachedTokens == 80)
        #expect(harness.text(2) == Self.text(alone: 2, second))
        // The same prompt again, and the turn before it: each has a place of its own.
        harness.add(Self.request(3, context: 1, second))
        harness.add(Self.request(4, context: 1, Self.prompt(100, then: 3_000, 10)))
        harness.run()
        #expect(harness.usage(3)?.cachedTokens == 144)
        #expect(harness.usage(4)?.cachedTokens == 80)
    }

    @Test("a preamble is saved when a second prompt begins with it, and the third starts behind it")
    func preamble() {
        var harness = Self.recurrent()
        for (id, start) in [(1, 1_000), (2, 2_000), (3, 3_000)] {
            let prompt = Self.prompt(200, then: start, 50)
            harness.add(Self.request(UInt64(id), prompt))
            harness.run()
            #expect(harness.text(UInt64(id)) == Self.text(alone: UInt64(id), prompt))
        }
        #expect(harness.misses[RequestID(1)] == .nothingAlike)
        #expect(harness.usage(2)?.cachedTokens == 0)
        #expect(harness.misses[RequestID(2)] == .cannotRollBack(192))
        #expect(harness.usage(3)?.cachedTokens == 192)
        #expect(harness.misses[RequestID(3)] == .differs(at: 200))
    }

    @Test("prompts that come together share a preamble although nothing can be cut")
    func followers() {
        var harness = Self.recurrent(parallel: 4)
        let prompts = (1...4).map { Self.prompt(200, then: $0 * 1_000, 50) }
        for (index, prompt) in prompts.enumerated() { harness.add(Self.request(UInt64(index + 1), prompt)) }
        harness.run()
        for (index, prompt) in prompts.enumerated() {
            #expect(harness.usage(UInt64(index + 1))?.cachedTokens == (index == 0 ? 0 : 192))
            #expect(harness.text(UInt64(index + 1)) == Self.text(alone: UInt64(index + 1), prompt))
        }
    }

    @Test("with a sliding window, what was copied is not cut below what was copied")
    func window() {
        var harness = SchedulerHarness(parallel: 2, canTrimMoved: false, parkedTokens: 10_000)
        harness.model.followsCells = true
        harness.add(Self.request(1, Self.prompt(200, then: 1_000, 50)))
        harness.add(Self.request(2, Self.prompt(200, then: 2_000, 50)))
        harness.run()
        #expect(harness.usage(2)?.cachedTokens == 192)
        // Shares 96 tokens with what was copied, and with what was computed in place.
        let third = Self.prompt(100, then: 3_000, 150)
        harness.add(Self.request(3, context: 2, third))
        harness.run()
        #expect(harness.text(3) == Self.text(alone: 3, third))
    }

    @Test("with a sliding window, a batch request gives way where what the window has passed is whole blocks")
    func border() throws {
        var harness = SchedulerHarness(parallel: 1, canTrimMoved: false, window: 48, parkedTokens: 10_000)
        var batch = GenerationRequest.sample(1, prompt: 0..<70, maxTokens: 60)
        batch.priority = .batch
        harness.add(batch)
        harness.steps(5)
        harness.add(.sample(2, prompt: 900..<920, priority: .interactive))
        harness.run()
        let parked = harness.plans.flatMap(\.memory).compactMap { if case .park(_, _, let count) = $0 { count } else { nil } }
        #expect(parked.first == 80)
        #expect(harness.ended == [2, 1])
    }

    @Test("states of one size each count by their size, and the budget holds")
    func budget() {
        var harness = Self.recurrent(parallel: 1, parkedTokens: 1_000)
        harness.parkedSize = 300
        for id in 1...6 as ClosedRange<UInt64> {
            harness.add(Self.request(id, Self.prompt(0, then: Int(id) * 1_000, 100)))
            harness.run()
        }
        #expect(harness.cache.saves == 6)
        #expect(harness.cache.keptCount == 3)
        harness.add(Self.request(7, Self.prompt(0, then: 6_000, 150)))
        harness.add(Self.request(8, Self.prompt(0, then: 1_000, 150)))
        harness.run()
        #expect(harness.usage(7)?.cachedTokens == 80)
        #expect(harness.usage(8)?.cachedTokens == 0)
        #expect(harness.misses[RequestID(8)] == .evicted)
    }

    @Test("why prompts are computed: too short, other tokens, isolation, and nothing to say of one that is all there")
    func reasons() {
        var harness = SchedulerHarness(parallel: 1)
        harness.add(Self.request(1, Self.prompt(20, then: 0, 0)))
        harness.add(Self.request(2, Self.prompt(100, then: 0, 0)))
        harness.add(Self.request(3, Self.prompt(50, then: 1_000, 50)))
        harness.add(Self.request(4, Self.prompt(50, then: 1_000, 50)))
        harness.add(Self.request(5, Self.prompt(50, then: 1_000, 50), isStrict: true))
        harness.run()
        #expect(harness.misses[RequestID(1)] == .tooShort)
        #expect(harness.misses[RequestID(2)] == .nothingAlike || harness.misses[RequestID(2)] == .differs(at: 16))
        #expect(harness.misses[RequestID(3)] == .differs(at: 50))
        #expect(harness.misses[RequestID(4)] == nil)
        #expect(harness.misses[RequestID(5)] == .isolated(80))
    }
}
