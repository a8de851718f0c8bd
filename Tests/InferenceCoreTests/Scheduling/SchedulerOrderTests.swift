import InferenceCore
import Testing

@Suite("Scheduler: who runs when")
struct SchedulerOrderTests {
    @Test("two calls on one context are served in order, and never together")
    func oneContext() throws {
        var harness = SchedulerHarness(parallel: 4)
        for id in 1...3 as ClosedRange<UInt64> { harness.add(.sample(id, context: 9, prompt: 0..<40)) }
        while let plan = harness.step() {
            #expect(Set(plan.decode.map(\.request) + plan.prefill.map(\.request)).count == 1)
            #expect(harness.scheduler.runningCount <= 1)
        }
        #expect(harness.ended == [1, 2, 3])
        #expect(harness.usage(2)?.cachedTokens == 16)
        #expect((1...3).allSatisfy { harness.text($0) == "xxxx" })
    }

    @Test("different contexts run together up to the limit, the others wait first come first served")
    func parallel() throws {
        var harness = SchedulerHarness(parallel: 3)
        for id in 1...7 as ClosedRange<UInt64> { harness.add(.sample(id, prompt: 0..<10, maxTokens: 3)) }
        let first = try harness.next()
        #expect(first.prefill.map(\.request.rawValue) == [1, 2, 3])
        #expect(harness.scheduler.runningCount == 3 && harness.scheduler.waitingCount == 4)
        let second = try harness.next()
        #expect(second.decode.map(\.request.rawValue) == [1, 2, 3])
        harness.run()
        #expect(harness.ended == [1, 2, 3, 4, 5, 6, 7])
        let slots = Set(harness.plans.flatMap(\.decode).map(\.slot))
        #expect(slots == [SlotID(0), SlotID(1), SlotID(2)])
    }

    @Test("a context with a queue does not hold up the others")
    func noBlocking() {
        var harness = SchedulerHarness(parallel: 2)
        harness.add(.sample(1, context: 9, maxTokens: 6))
        harness.add(.sample(2, context: 9, maxTokens: 2))
        harness.add(.sample(3, context: 8, maxTokens: 2))
        harness.run()
        #expect(harness.ended == [3, 1, 2])
    }

    @Test("a slot that becomes free is given to the one that waits in the next step")
    func handOver() throws {
        var harness = SchedulerHarness(parallel: 1)
        harness.add(.sample(1, maxTokens: 2))
        harness.add(.sample(2, prompt: 100..<120, maxTokens: 2))
        harness.steps(2)
        #expect(harness.reason(1) == .length)
        let plan = try harness.next()
        #expect(plan.memory == [.clear(SlotID(0))])
        #expect(plan.prefill.map(\.request) == [RequestID(2)])
    }

    @Test("higher priority goes first, and takes nothing from what runs")
    func priority() {
        var harness = SchedulerHarness(parallel: 1)
        harness.add(.sample(1, maxTokens: 3, priority: .batch))
        harness.step()
        harness.add(.sample(2, priority: .batch))
        harness.add(.sample(3))
        harness.add(.sample(4, priority: .interactive))
        harness.add(.sample(5))
        harness.add(.sample(6, priority: .interactive))
        harness.run()
        #expect(harness.ended == [1, 4, 6, 3, 5, 2])
    }

    @Test("a paused request keeps its slot, is not computed, and goes on where it was")
    func pausedWhileDecoding() throws {
        var harness = SchedulerHarness()
        harness.add(.sample(1, maxTokens: 6))
        harness.add(.sample(2, prompt: 100..<120, maxTokens: 12))
        harness.steps(2)
        harness.pause(1)
        for _ in 0..<3 {
            let plan = try harness.next()
            #expect(plan.decode.map(\.request) == [RequestID(2)])
        }
        #expect(harness.scheduler.runningCount == 2)
        #expect(harness.text(1) == "xx")
        harness.pause(1, false)
        let plan = try harness.next()
        #expect(plan.decode.map(\.request.rawValue) == [1, 2])
        harness.run()
        #expect(harness.text(1) == "xxxxxx" && harness.text(2) == "xxxxxxxxxxxx")
    }

    @Test("a request that is paused while it waits or prefills is left alone, too")
    func pausedBefore() {
        var harness = SchedulerHarness(chunk: 16)
        harness.add(.sample(1, prompt: 0..<100))
        harness.step()
        harness.pause(1)
        harness.add(.sample(2, prompt: 200..<220))
        harness.pause(2)
        harness.expectNothingToDo()
        harness.expectNothingToDo()
        #expect(harness.chunks(of: 1) == [[0, 16]])
        harness.pause(2, false)
        harness.run()
        #expect(harness.ended == [2])
        harness.pause(1, false)
        harness.run()
        #expect(harness.ended == [2, 1])
        #expect(harness.text(1) == "xxxx")
    }

    @Test("pausing a request that has ended or never came does nothing")
    func pausedAfter() {
        var harness = SchedulerHarness()
        harness.add(.sample(1))
        harness.run()
        harness.pause(1)
        harness.pause(77)
        harness.add(.sample(2))
        harness.run()
        #expect(harness.reason(2) == .length)
    }
}
