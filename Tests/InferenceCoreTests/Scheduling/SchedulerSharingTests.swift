import InferenceCore
import Testing

@Suite("Scheduler: what prompts share")
struct SchedulerSharingTests {
    /// Prompts of one preamble of `shared` tokens and 40 of each one's own.
    private static func requests(_ count: UInt64, shared: Int = 320, strict: Set<UInt64> = [], maxTokens: Int = 4) -> [GenerationRequest] {
        (1...count).map { id in
            var request = GenerationRequest.sample(id, maxTokens: maxTokens)
            request.prompt = Token.numbered(0..<shared) + Token.numbered((Int(id) * 1_000)..<(Int(id) * 1_000 + 40))
            request.contextSize = 1_024
            request.isStrict = strict.contains(id)
            return request
        }
    }

    @Test("prompts with one preamble that arrive together compute it once, and each its own end", arguments: [true, false])
    func together(canTrimMoved: Bool) {
        var harness = SchedulerHarness(parallel: 8, canTrimMoved: canTrimMoved)
        harness.model.followsCells = true
        for request in Self.requests(8) { harness.add(request) }
        harness.run()
        let computed = harness.plans.reduce(0) { $0 + $1.prefillTokens }
        #expect(computed == 320 + 8 * 40)
        #expect((2...8).allSatisfy { harness.usage($0)?.cachedTokens == 320 })
        #expect(harness.cache.copies == 7)
    }

    @Test("a follower that arrives later waits for what is being computed, and no longer")
    func later() throws {
        var harness = SchedulerHarness(parallel: 4)
        let requests = Self.requests(2)
        harness.add(requests[0])
        harness.steps(2)
        harness.add(requests[1])
        #expect(try harness.next().prefill.map(\.request) == [RequestID(1)])
        harness.step { $0.chunks(of: 2).count > 0 }
        #expect(harness.chunks(of: 2).first?.first == 320)
        #expect(harness.ending(1) == nil)
    }

    @Test("when the one that computes is cancelled, another goes on from where it was", arguments: [1, 3])
    func leaderLeaves(steps: Int) {
        var harness = SchedulerHarness(parallel: 4)
        for request in Self.requests(3) { harness.add(request) }
        harness.steps(steps)
        harness.cancel(1)
        harness.run()
        #expect(harness.reason(2) == .length && harness.reason(3) == .length)
        let computed = harness.plans.reduce(0) { $0 + $1.prefillTokens }
        #expect(computed == 320 + 2 * 40)
    }

    @Test("a waiting follower keeps its slot from those that came after it")
    func place() {
        var harness = SchedulerHarness(parallel: 2)
        for request in Self.requests(2, maxTokens: 1) { harness.add(request) }
        harness.add(.sample(3, prompt: 9_000..<9_020, maxTokens: 60))
        harness.run()
        #expect(harness.ended == [1, 2, 3])
    }

    @Test("a little that is shared is not worth waiting for")
    func little() throws {
        var harness = SchedulerHarness(parallel: 2, chunk: 256)
        for request in Self.requests(2, shared: 16) { harness.add(request) }
        #expect(Set(try harness.next().prefill.map(\.request)) == [RequestID(1), RequestID(2)])
    }

    @Test("a strict context shares with nobody but itself")
    func strict() {
        var harness = SchedulerHarness(parallel: 4, parkedTokens: 10_000)
        var requests = Self.requests(4, strict: [2, 3])
        requests[3] = requests[1]
        requests[3].id = RequestID(4)
        for request in requests { harness.add(request) }
        harness.run()
        #expect((1...4).map { harness.usage($0)?.cachedTokens } == [0, 0, 0, 336])
        #expect(harness.cache.copies == 0)
    }

    @Test("contexts that take turns on few slots are parked and fetched, and compute nothing twice")
    func turns() {
        var harness = SchedulerHarness(parallel: 2, parkedTokens: 10_000)
        harness.model.followsCells = true
        for round in 0..<3 as Range<UInt64> {
            for context in 0..<6 as Range<UInt64> {
                let start = Int(context) * 1_000
                harness.add(
                    .sample(round * 6 + context + 1, context: context, prompt: start..<(start + 200), maxTokens: 2, contextSize: 256)
                )
                harness.run()
            }
        }
        #expect(harness.plans.reduce(0) { $0 + $1.prefillTokens } == 6 * 200 + 12 * 24)
        #expect((7...18).allSatisfy { harness.usage($0)?.cachedTokens == 176 })
        #expect(harness.cache.parkedTokens == 4 * 176)
    }

    @Test("the budget of parked tokens holds")
    func budget() {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 400)
        for id in 1...8 as ClosedRange<UInt64> {
            let start = Int(id) * 1_000
            harness.add(.sample(id, prompt: start..<(start + 200), maxTokens: 1, contextSize: 256))
            harness.run()
            #expect(harness.cache.parkedTokens <= 400)
        }
        #expect(harness.cache.parks == 7)
    }

    @Test("when a larger cache cannot be had, what is parked goes first and it is tried again")
    func dropped() {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 10_000)
        for id in 1...3 as ClosedRange<UInt64> {
            harness.add(.sample(id, prompt: Int(id) * 1_000..<(Int(id) * 1_000 + 200), maxTokens: 1, contextSize: 256))
            harness.run()
        }
        #expect(harness.cache.parkedTokens == 2 * 176)
        harness.failingResizes = 1
        harness.add(.sample(4, prompt: 0..<600, maxTokens: 100, contextSize: 1_024))
        harness.run()
        #expect(harness.failedResizes == 1 && harness.reason(4) == .length)
        #expect(harness.scheduler.geometry.cellsPerSlot == 1_024)
        #expect(harness.cache.parkedTokens <= 176)
    }

    @Test("a prefix that could not be kept or fetched is computed, and nobody fails", arguments: [true, false])
    func lost(parking: Bool) {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 10_000)
        harness.model.followsCells = true
        harness.losesParked = parking
        harness.losesCopies = !parking
        for (id, start) in [(1, 0), (2, 1_000), (3, 0)] {
            harness.add(.sample(UInt64(id), context: UInt64(start + 1), prompt: start..<(start + 200), maxTokens: 3, contextSize: 256))
            harness.run()
        }
        #expect(harness.reason(3) != nil && harness.reason(3) != .failed)
        #expect(harness.text(3) == harness.text(1))
        #expect(harness.usage(3)?.cachedTokens == 0)
    }
}
