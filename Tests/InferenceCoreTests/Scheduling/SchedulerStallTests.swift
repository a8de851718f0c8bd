import InferenceCore
import Testing

@Suite("Scheduler: consumers that take nothing")
struct SchedulerStallTests {
    /// A request that is generating in the only slot and whose consumer is behind.
    private static func paused(parkedTokens: Int = 10_000) -> SchedulerHarness {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: parkedTokens)
        harness.model.followsCells = true
        harness.add(.sample(1, prompt: 0..<100, maxTokens: 40))
        harness.step { !$0.text(1).isEmpty }
        harness.pause(1)
        return harness
    }

    private static let second = Duration.seconds(1)

    @Test("after a second, one that waits has the slot; when the consumer is back, the answer goes on without computing anything again")
    func givesWay() throws {
        var harness = Self.paused()
        let since = harness.now
        harness.add(.sample(2, prompt: 500..<540))
        harness.expectNothingToDo()
        #expect(harness.scheduler.nextAlarm == since + Self.second)
        harness.now = since + Self.second
        #expect(try Set(harness.next().prefill.map(\.request)) == [RequestID(2)])
        #expect(harness.scheduler.progress.map(\.isSuspended) == [false, true])
        harness.run()
        #expect(harness.ended == [2])
        // Nothing is left to do for it, however often it is asked.
        #expect(harness.scheduler.nextAlarm == nil && !harness.scheduler.isIdle)
        let computed = harness.plans.count
        harness.pause(1, false)
        harness.run()
        #expect(harness.plans[computed...].allSatisfy { $0.prefill.isEmpty })
        var alone = Self.paused()
        alone.pause(1, false)
        alone.run()
        #expect(harness.text(1) == alone.text(1))
        #expect(harness.scheduler.isIdle && harness.cache.parkedTokens == 0)
    }

    @Test("as long as nobody waits it keeps the slot, and wakes nobody")
    func keeps() throws {
        var harness = Self.paused()
        #expect(harness.scheduler.nextAlarm == nil)
        harness.now += .seconds(60)
        harness.expectNothingToDo()
        #expect(harness.scheduler.runningCount == 1)
        // Who comes then does not wait for another second.
        harness.add(.sample(2, prompt: 500..<540))
        #expect(try !harness.next().prefill.isEmpty)
    }

    @Test("a consumer that was back in between is given a second anew")
    func again() {
        var harness = Self.paused()
        harness.add(.sample(2, prompt: 500..<540))
        harness.now += .milliseconds(900)
        harness.pause(1, false)
        harness.step()
        harness.pause(1)
        harness.now += .milliseconds(900)
        harness.expectNothingToDo()
    }

    @Test("without room to keep what stands in the slot it stays, and is asked again a second later")
    func noRoom() {
        var harness = Self.paused(parkedTokens: 50)
        harness.add(.sample(2, prompt: 500..<540))
        harness.now += Self.second
        harness.expectNothingToDo()
        #expect(harness.scheduler.nextAlarm == harness.now + Self.second)
        harness.pause(1, false)
        harness.run()
        #expect(harness.ended == [1, 2])
    }

    @Test("its context's next request waits for it, and so does a barrier")
    func context() {
        var harness = Self.paused()
        harness.add(.sample(2, prompt: 500..<540))
        harness.add(.sample(3, context: 1, prompt: 600..<640))
        harness.now += Self.second
        harness.run()
        #expect(harness.ended == [2])
        harness.pause(1, false)
        harness.run()
        #expect(harness.ended == [2, 1, 3])
    }

    @Test("when its consumer is back it is the next of its class")
    func order() {
        var harness = Self.paused()
        for id in UInt64(2)...5 { harness.add(.sample(id, prompt: Int(id) * 100..<(Int(id) * 100 + 40))) }
        harness.now += Self.second
        harness.step()
        harness.pause(1, false)
        harness.run()
        #expect(harness.ended == [2, 1, 3, 4, 5])
    }

    @Test("a cancel while it has no slot leaves nothing behind")
    func cancelled() {
        var harness = Self.paused()
        harness.add(.sample(2, prompt: 500..<540))
        harness.now += Self.second
        harness.step()
        harness.cancel(1)
        harness.run()
        #expect(harness.ended == [1, 2])
        #expect(harness.scheduler.isIdle && harness.cache.parkedTokens == 0)
    }
}
