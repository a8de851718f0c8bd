import InferenceCore
import Testing

@Suite("Scheduler: steps")
struct SchedulerStepTests {
    @Test("a single request: its prompt, then a token a step")
    func single() throws {
        var harness = SchedulerHarness(parallel: 2)
        harness.add(.sample(1, prompt: 0..<20, maxTokens: 4))
        #expect(harness.scheduler.waitingCount == 1)
        let geometry = CacheGeometry(slots: 2, cellsPerSlot: 512)
        let slot = SlotID(0)
        let expected = [
            StepPlan(
                memory: [.resize(geometry, keeping: [])],
                prefill: [.init(request: RequestID(1), slot: slot, tokens: Token.numbered(0..<20)[...], position: 0, isLast: true)]
            ),
            StepPlan(decode: [.init(request: RequestID(1), slot: slot, token: 10_000, position: 20)]),
            StepPlan(decode: [.init(request: RequestID(1), slot: slot, token: 10_000, position: 21)]),
            StepPlan(decode: [.init(request: RequestID(1), slot: slot, token: 10_000, position: 22)]),
        ]
        harness.run()
        #expect(harness.plans == expected)
        #expect(harness.text(1) == "xxxx")
        #expect(harness.tokens[RequestID(1)] == [10_000, 10_000, 10_000, 10_000])
        #expect(harness.reason(1) == .length)
        #expect(harness.usage(1) == Usage(promptTokens: 20, completionTokens: 4))
        #expect(harness.scheduler.isIdle)
    }

    @Test("without requests there is nothing to do")
    func idle() {
        var harness = SchedulerHarness()
        harness.expectNothingToDo()
        #expect(harness.scheduler.isIdle)
        #expect(harness.scheduler.geometry == .none)
        #expect(harness.scheduler.nextAlarm == nil)
    }

    @Test(
        "prompts are cut at multiples of 16, and 16 to 31 tokens come last",
        arguments: [
            (1, 64, [[0, 1]]), (15, 64, [[0, 15]]), (31, 64, [[0, 31]]), (31, 16, [[0, 31]]), (32, 64, [[0, 16], [16, 16]]),
            (50, 16, [[0, 16], [16, 16], [32, 18]]), (100, 64, [[0, 64], [64, 16], [80, 20]]),
            (100, 32, [[0, 32], [32, 32], [64, 16], [80, 20]]),
            (96, 64, [[0, 64], [64, 16], [80, 16]]),
        ]
    )
    func chunks(count: Int, chunk: Int, expected: [[Int]]) {
        var harness = SchedulerHarness(chunk: chunk)
        harness.add(.sample(1, prompt: 0..<count))
        harness.run()
        #expect(harness.chunks(of: 1) == expected)
        #expect(harness.text(1) == "xxxx")
    }

    @Test("decode rows come first, a block of another prompt beside them")
    func decodeFirst() throws {
        var harness = SchedulerHarness()
        harness.add(.sample(1, prompt: 0..<20, maxTokens: 10))
        harness.step()
        harness.add(.sample(2, prompt: 100..<164, maxTokens: 2))
        for position in [0, 16, 32, 48] {
            let plan = try harness.next()
            #expect(plan.decode.map(\.request) == [RequestID(1)])
            #expect(plan.prefill.map(\.request) == [RequestID(2)])
            #expect(plan.prefill.map(\.position) == [position])
            #expect(plan.prefillTokens == 16)
        }
        let plan = try harness.next()
        #expect(plan.decode.map(\.request) == [RequestID(1), RequestID(2)])
        #expect(plan.prefill.isEmpty)
        harness.run()
        #expect(harness.text(1) == "xxxxxxxxxx")
        #expect(harness.text(2) == "xx")
    }

    @Test("prompts take turns: a short one that comes later does not wait for the end of a long one")
    func turns() {
        var harness = SchedulerHarness(chunk: 32)
        harness.add(.sample(1, prompt: 0..<400))
        harness.step()
        harness.add(.sample(2, prompt: 1_000..<1_020, maxTokens: 1))
        harness.step()
        harness.step()
        #expect(harness.ended == [2])
        #expect(harness.chunks(of: 1).count >= 2)
        harness.run()
        #expect(harness.ended == [2, 1])
    }

    @Test("prompts share the step's room")
    func sharedRoom() {
        var harness = SchedulerHarness(chunk: 64)
        harness.add(.sample(1, prompt: 0..<40))
        harness.add(.sample(2, prompt: 100..<200))
        harness.step()
        #expect(harness.chunks(of: 1) == [[0, 16], [16, 24]])
        #expect(harness.chunks(of: 2) == [[0, 16]])
        harness.run()
        #expect(harness.text(1) == "xxxx" && harness.text(2) == "xxxx")
    }

    @Test("the shortest rest goes first, so that equal prompts end one after the other")
    func shortestFirst() {
        var harness = SchedulerHarness(chunk: 64)
        for id in 1...3 { harness.add(.sample(UInt64(id), prompt: (id * 1_000)..<(id * 1_000 + 64), maxTokens: 1)) }
        harness.add(.sample(4, prompt: 9_000..<9_200, maxTokens: 1))
        harness.run()
        #expect(harness.ended == [1, 2, 3, 4])
        #expect(harness.chunks(of: 1) == [[0, 48], [48, 16]])
    }

    @Test("a long prompt moves on though shorter ones keep coming")
    func longMovesOn() {
        var harness = SchedulerHarness(chunk: 16)
        harness.add(.sample(1, prompt: 0..<200, maxTokens: 1))
        for id in 2...40 {
            harness.add(.sample(UInt64(id), prompt: (id * 1_000)..<(id * 1_000 + 32), maxTokens: 1))
            harness.steps(2)
        }
        #expect(harness.chunks(of: 1).count >= 8)
        harness.run()
        #expect(harness.ended.count == 40)
    }

    @Test("the end of a prompt waits for a step that has room for all of it, and takes the whole of one that never has")
    func endInRoom() {
        var harness = SchedulerHarness(chunk: 32)
        harness.add(.sample(1, prompt: 0..<63, maxTokens: 1))
        harness.run()
        #expect(harness.chunks(of: 1) == [[0, 32], [32, 31]])

        var narrow = SchedulerHarness(chunk: 16)
        narrow.add(.sample(1, prompt: 0..<47, maxTokens: 1))
        narrow.run()
        #expect(narrow.chunks(of: 1) == [[0, 16], [16, 31]])
        #expect(narrow.text(1) == "x")
    }

    @Test(
        "a common prefix is reused in whole blocks, on any context",
        arguments: [
            // first prompt, second prompt, tokens reused
            (0..<100, 0..<100, 80), (0..<100, 0..<200, 80), (0..<80, 0..<50, 32), (0..<31, 0..<100, 0), (0..<32, 0..<100, 16),
            (0..<100, 1..<101, 0),
        ]
    )
    func reuse(first: Range<Int>, second: Range<Int>, reused: Int) {
        var harness = SchedulerHarness()
        harness.add(.sample(1, prompt: first))
        harness.run()
        harness.add(.sample(2, prompt: second))
        harness.run()
        #expect(harness.usage(1)?.cachedTokens == 0)
        #expect(harness.usage(2)?.cachedTokens == reused)
        #expect(harness.chunks(of: 2).first?.first == reused)
        #expect(harness.text(2) == "xxxx")
    }

    @Test("a cache that cannot be trimmed is started anew where nothing may be kept outside of it")
    func noTrim() throws {
        var harness = SchedulerHarness(parallel: 1, canTrim: false)
        harness.add(.sample(1, prompt: 0..<100))
        harness.run()
        harness.add(.sample(2, prompt: 0..<100))
        let plan = try harness.next()
        #expect(plan.memory == [.clear(SlotID(0))])
        harness.run()
        #expect(harness.usage(2)?.cachedTokens == 0)
    }

    @Test("a forgotten context's prefix is computed anew, what is in use stays")
    func forget() throws {
        var harness = SchedulerHarness()
        harness.add(.sample(1, context: 7, prompt: 0..<100))
        harness.run()
        harness.add(.sample(2, context: 7, prompt: 500..<600, maxTokens: 10))
        harness.steps(3)
        let (idle, busy) = (SlotID(0), try #require(harness.slot(2)))
        try #require(idle != busy)
        harness.forget(7)
        let plan = try harness.next()
        #expect(plan.memory == [.clear(idle)])
        harness.run()
        #expect(harness.text(2) == "xxxxxxxxxx")
        harness.add(.sample(3, prompt: 0..<100))
        harness.run()
        #expect(harness.usage(3)?.cachedTokens == 0)
    }

    @Test("timings add up")
    func timings() throws {
        var harness = SchedulerHarness(parallel: 1)
        harness.add(.sample(1, prompt: 0..<20, maxTokens: 3))
        harness.now = .milliseconds(10)
        harness.add(.sample(2, prompt: 100..<200, maxTokens: 5))
        harness.run()
        // Steps begin at 10 ms and take 1 ms: the first request is done at 13 ms, the second needs two for its prompt and four more.
        #expect(harness.ending(1)?.timings == Timings(queued: .milliseconds(10), prefill: .milliseconds(1), decode: .milliseconds(2)))
        let second = try #require(harness.ending(2)?.timings)
        #expect(second == Timings(queued: .milliseconds(3), prefill: .milliseconds(2), decode: .milliseconds(4)))
        #expect(second.timeToFirstToken == .milliseconds(5) && second.total == .milliseconds(9))
        #expect(harness.now == .milliseconds(19))
    }
}
