import InferenceCore
import Testing

@Suite("Scheduler: classes, turns and limits")
struct SchedulerFairnessTests {
    /// A batch request that is generating in the only slot.
    private static func batch(parkedTokens: Int = 10_000, maxTokens: Int = 40) -> SchedulerHarness {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: parkedTokens)
        harness.model.followsCells = true
        harness.add(.sample(1, prompt: 0..<100, maxTokens: maxTokens, priority: .batch))
        harness.step { !$0.text(1).isEmpty }
        return harness
    }

    private static func alone(maxTokens: Int = 40) -> SchedulerHarness {
        var harness = self.batch(maxTokens: maxTokens)
        harness.run()
        return harness
    }

    @Test("a batch request gives its slot to another in the next step, and goes on without computing anything again", arguments: [1, 2])
    func givesWay(priority: Int) throws {
        var harness = Self.batch()
        let slot = try #require(harness.slot(1))
        harness.add(.sample(2, prompt: 500..<540, priority: RequestPriority(rawValue: priority) ?? .normal))
        let plan = try harness.next()
        guard case .park(slot, let id, _) = plan.memory.first else {
            Issue.record("\(plan.memory)")
            return
        }
        #expect(Set(plan.prefill.map(\.request)) == [RequestID(2)] && plan.decode.isEmpty)
        #expect(harness.scheduler.progress.map(\.isSuspended) == [false, true])
        harness.step { $0.ending(2) != nil }
        let computed = harness.plans.count
        let back = try harness.next()
        #expect(back.memory.contains { if case .copy(.kept(id), slot, _) = $0 { true } else { false } })
        #expect(back.decode.map(\.request) == [RequestID(1)])
        harness.run()
        #expect(harness.plans[computed...].allSatisfy { $0.prefill.isEmpty })
        #expect(harness.text(1) == Self.alone().text(1))
        #expect(harness.usage(1)?.cachedTokens == 0)
        #expect(harness.cache.parkedTokens == 0)
    }

    @Test("a prompt that is being computed gives way, too, and goes on where it was")
    func givesWayInPrefill() throws {
        var harness = SchedulerHarness(parallel: 1, chunk: 16, parkedTokens: 10_000)
        harness.add(.sample(1, prompt: 0..<100, priority: .batch))
        harness.steps(2)
        harness.add(.sample(2, prompt: 500..<520, maxTokens: 2))
        harness.run()
        #expect(harness.ended == [2, 1])
        #expect(harness.chunks(of: 1) == [[0, 16], [16, 16], [32, 16], [48, 16], [64, 16], [80, 20]])
    }

    @Test("what has not begun to compute goes back into the queue as it was")
    func givesWayBeforeItsFirstChunk() {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 10_000)
        harness.add(.sample(1, prompt: 0..<100, priority: .batch))
        harness.pause(1)
        harness.step()
        harness.add(.sample(2, prompt: 500..<520))
        harness.run()
        harness.pause(1, false)
        harness.run()
        #expect(harness.ended == [2, 1] && harness.text(1) == "xxxx")
    }

    @Test("nobody gives way where there is no room to keep what stands in the slot, nor to an equal")
    func keeps() {
        var harness = Self.batch(parkedTokens: 50)
        harness.add(.sample(2, prompt: 500..<520, priority: .interactive))
        harness.run()
        #expect(harness.ended == [1, 2])
        var equals = Self.batch()
        equals.add(.sample(2, prompt: 500..<520, priority: .batch))
        equals.run()
        #expect(equals.ended == [1, 2])
        var normal = SchedulerHarness(parallel: 1, parkedTokens: 10_000)
        normal.add(.sample(1))
        normal.step()
        normal.add(.sample(2, prompt: 500..<520, priority: .interactive))
        normal.run()
        #expect(normal.ended == [1, 2])
    }

    @Test("a suspended request can be cancelled, and leaves nothing behind")
    func cancelled() {
        var harness = Self.batch()
        harness.add(.sample(2, prompt: 500..<540))
        harness.step()
        harness.cancel(1)
        #expect(harness.reason(1) == .cancelled)
        harness.run()
        #expect(harness.cache.parkedTokens == 0 && harness.scheduler.isIdle)
    }

    @Test("a suspended answer whose state is lost fails alone; a prompt is computed again")
    func lost() {
        var harness = Self.batch()
        harness.losesParked = true
        harness.add(.sample(2, prompt: 500..<540))
        harness.run()
        guard case .failed(let fault, _, _) = harness.ending(1) else {
            Issue.record("it goes on")
            return
        }
        #expect(fault.code == .engineFailed && harness.reason(2) == .length)

        var prompt = SchedulerHarness(parallel: 1, chunk: 16, parkedTokens: 10_000)
        prompt.losesParked = true
        prompt.add(.sample(1, prompt: 0..<100, priority: .batch))
        prompt.steps(2)
        prompt.add(.sample(2, prompt: 500..<520))
        prompt.run()
        #expect(prompt.text(1) == "xxxx" && prompt.text(2) == "xxxx")
    }

    @Test("however many others come, a batch request that has waited gets a slot and keeps it for its turn")
    func nobodyStarves() {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 10_000)
        harness.add(.sample(1, prompt: 0..<40, maxTokens: 40, priority: .batch))
        var next: UInt64 = 2
        while harness.ending(1) == nil, next < 200 {
            harness.add(.sample(next, prompt: 500..<520, maxTokens: 2, priority: .interactive))
            harness.steps(3)
            harness.now += .milliseconds(500)
            next += 1
        }
        #expect(harness.reason(1) == .length)
        #expect(next > 20, "it had to wait for its turns")
    }

    @Test("beside others, batch requests are computed in every fourth step")
    func turns() {
        var harness = SchedulerHarness(parallel: 2)
        harness.add(.sample(1, maxTokens: 30, priority: .batch))
        harness.add(.sample(2, prompt: 100..<120, maxTokens: 16))
        harness.step { $0.text(2).count == 1 }
        let before = harness.text(1).count
        harness.step { $0.ending(2) != nil }
        #expect((3...5).contains(harness.text(1).count - before))
        harness.run()
        #expect(harness.text(1).count == 30)
    }

    @Test("a paused request holds no batch request back")
    func pausedOthers() {
        var harness = SchedulerHarness(parallel: 2)
        harness.add(.sample(1, maxTokens: 30, priority: .batch))
        harness.add(.sample(2, prompt: 100..<120, maxTokens: 16))
        harness.steps(3)
        harness.pause(2)
        harness.run()
        #expect(harness.reason(1) == .length && harness.ending(2) == nil)
    }

    @Test("a full queue refuses, with the numbers and the time after which to try again")
    func queueLimit() throws {
        var harness = SchedulerHarness(parallel: 1, queueLimit: 2)
        harness.add(.sample(9, prompt: 300..<320))
        harness.run()
        for id in 10...12 as ClosedRange<UInt64> { harness.add(.sample(id)) }
        #expect(harness.ended == [9])
        harness.add(.sample(13))
        guard case .failed(let fault, _, _) = harness.ending(13) else {
            Issue.record("a third one waits")
            return
        }
        #expect(fault.code == .overloaded && fault.retryAfter != nil)
        #expect(fault.message.contains("2 wait") && fault.message.contains("ms"))
        harness.step()
        harness.run()
        #expect(harness.ended == [9, 13, 10, 11, 12])
        harness.add(.sample(14))
        harness.run()
        #expect(harness.text(14) == "xxxx")
    }

    @Test("with a queue of none, what finds a slot runs and what does not is refused")
    func noQueue() {
        var harness = SchedulerHarness(parallel: 2, queueLimit: 0)
        for id in 1...3 as ClosedRange<UInt64> { harness.add(.sample(id)) }
        #expect(harness.ended == [3])
        harness.run()
        #expect(harness.text(1) == "xxxx" && harness.text(2) == "xxxx")
    }

    @Test("who waits too long is told so, and a deadline that comes first counts first")
    func waitLimit() {
        var harness = SchedulerHarness(parallel: 1, waitLimit: .milliseconds(10))
        harness.add(.sample(1, maxTokens: 40))
        harness.add(.sample(2))
        harness.add(.sample(3, deadline: .milliseconds(4)))
        #expect(harness.scheduler.nextAlarm == .milliseconds(4))
        harness.run()
        #expect(harness.reason(3) == .deadline && harness.reason(1) == .length)
        guard case .failed(let fault, _, _) = harness.ending(2) else {
            Issue.record("it waits on")
            return
        }
        #expect(fault.code == .overloaded)
        #expect(harness.scheduler.nextAlarm == nil)
    }

    @Test("a prompt that cannot be read before its deadline is refused before any work, with both numbers")
    func deadline() {
        var harness = SchedulerHarness(parallel: 2, chunk: 16)
        harness.add(.sample(1, prompt: 0..<100))
        harness.run()
        let steps = harness.plans.count
        harness.add(.sample(2, prompt: 300..<800, contextSize: 1_000, deadline: harness.now + .milliseconds(5)))
        guard case .failed(let fault, _, _) = harness.ending(2) else {
            Issue.record("it is begun")
            return
        }
        #expect(fault.code == .timedOut)
        #expect(fault.message.contains("500 tokens") && fault.message.contains("5 ms"))
        #expect(harness.plans.count == steps)
        harness.add(.sample(3, prompt: 300..<330, deadline: harness.now + .milliseconds(20)))
        harness.run()
        #expect(harness.text(3) == "xxxx")
    }

    @Test("how long those wait who have others before them is told once something has ended")
    func estimate() {
        var harness = SchedulerHarness(parallel: 2)
        #expect(harness.scheduler.estimatedWait(position: 0) == nil)
        harness.add(.sample(1, maxTokens: 10))
        harness.run()
        #expect(harness.scheduler.estimatedWait(position: 0) == .milliseconds(5))
        #expect(harness.scheduler.estimatedWait(position: 3) == .milliseconds(20))
    }
}
