import InferenceCore
import Testing

@Suite("Scheduler: the cache follows use")
struct SchedulerResizingTests {
    private static let long = GenerationRequest.sample(2, prompt: 100..<700, contextSize: 1_000)

    @Test("a longer request has a larger cache made, and those that run go on meanwhile")
    func grow() throws {
        var harness = SchedulerHarness(parallel: 2)
        harness.preparationSteps = 5
        harness.add(.sample(1, prompt: 0..<100, maxTokens: 20))
        harness.steps(3)
        harness.add(Self.long)
        let target = CacheGeometry(slots: 2, cellsPerSlot: 1_024)
        for _ in 0..<6 {
            let plan = try harness.next()
            #expect(plan.preparing == target && plan.memory.isEmpty && plan.decode.count == 1 && plan.prefill.isEmpty)
        }
        let slot = try #require(harness.slot(1))
        let plan = try harness.next()
        #expect(plan.memory == [.resize(target, keeping: [slot])] && plan.preparing == nil)
        harness.run()
        #expect(harness.text(1).count == 20 && harness.text(2) == "xxxx")
    }

    @Test("who leaves while a cache is made for it takes the cache along", arguments: [0, 3])
    func leaves(preparationSteps: Int) throws {
        var harness = SchedulerHarness(parallel: 2)
        harness.preparationSteps = preparationSteps
        harness.add(.sample(1, maxTokens: 20))
        harness.steps(3)
        harness.add(Self.long)
        let plan = try harness.next()
        #expect(plan.preparing != nil)
        harness.cancel(2)
        let next = try harness.next()
        #expect(next.preparing == nil)
        harness.run()
        #expect(harness.cache.resizes == 1)
    }

    @Test("the backend is told to let go of a cache even if nothing else is left to do")
    func leavesLast() throws {
        var harness = SchedulerHarness(parallel: 2)
        harness.preparationSteps = 5
        harness.add(.sample(1, maxTokens: 20))
        harness.steps(3)
        harness.add(Self.long)
        harness.step()
        harness.cancelAll()
        let plan = try harness.next()
        #expect(plan == StepPlan())
        harness.expectNothingToDo()
    }

    @Test("who comes while a cache is made starts in it if there is room, and waits for the next one if not")
    func others() {
        var harness = SchedulerHarness(parallel: 4, firstSlots: 1)
        harness.preparationSteps = 3
        harness.add(.sample(1, maxTokens: 30))
        harness.steps(2)
        harness.add(Self.long)
        harness.step()
        harness.add(.sample(3, prompt: 2_000..<2_020))
        harness.step { $0.slot(2) != nil }
        #expect(harness.scheduler.geometry == CacheGeometry(slots: 2, cellsPerSlot: 1_024))
        #expect(harness.scheduler.runningCount == 2 && harness.scheduler.waitingCount == 1)
        harness.step { $0.slot(3) != nil }
        #expect(harness.scheduler.geometry.slots == 4)
        harness.run()
        #expect(harness.text(3) == "xxxx" && harness.text(1).count == 30)
    }

    @Test("a cache has the slots that are needed")
    func slots() {
        var harness = SchedulerHarness(parallel: 8, firstSlots: 1)
        harness.add(.sample(1, maxTokens: 40))
        harness.step()
        #expect(harness.scheduler.geometry == CacheGeometry(slots: 1, cellsPerSlot: 512))
        for id in 2...4 as ClosedRange<UInt64> { harness.add(.sample(id, prompt: Int(id) * 100..<(Int(id) * 100 + 20))) }
        harness.step { $0.scheduler.runningCount == 4 }
        #expect(harness.scheduler.geometry == CacheGeometry(slots: 4, cellsPerSlot: 512))
        harness.run()
        #expect(harness.text(1).count == 40 && harness.text(4) == "xxxx")
    }

    @Test("after a while without work the memory is given back, and what was in it is parked")
    func idle() throws {
        var harness = SchedulerHarness(parallel: 2, shrinkAfter: .seconds(30), parkedTokens: 1_000)
        harness.add(.sample(1, prompt: 0..<100))
        harness.run()
        let alarm = try #require(harness.scheduler.nextAlarm)
        #expect(alarm == harness.now + .seconds(30))
        harness.now += .seconds(29)
        harness.expectNothingToDo()
        harness.now = alarm
        harness.step()
        #expect(harness.scheduler.geometry == .none && harness.cache.parkedTokens == 80)
        harness.expectNothingToDo()
        #expect(harness.scheduler.nextAlarm == nil)
        harness.add(.sample(2, prompt: 0..<100))
        harness.run()
        #expect(harness.usage(2)?.cachedTokens == 80)
    }

    @Test("what needs far less than there is moves into a smaller cache without a stop")
    func shrinksBesideOthers() throws {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1, shrinkAfter: .milliseconds(10))
        harness.preparationSteps = 2
        harness.add(.sample(1, prompt: 100..<2_100, contextSize: 4_096))
        harness.run()
        harness.add(.sample(2, maxTokens: 60))
        harness.step { $0.scheduler.geometry.cellsPerSlot == 512 }
        #expect(harness.ending(2) == nil)
        harness.run()
        #expect(harness.text(2).count == 60)
    }

    @Test("memory that cannot be had for a smaller cache takes nothing from anybody")
    func shrinkFails() {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1, shrinkAfter: .milliseconds(10))
        harness.add(.sample(1, prompt: 100..<2_100, contextSize: 4_096))
        harness.run()
        harness.memory = 100
        harness.add(.sample(2, maxTokens: 60))
        harness.run()
        #expect(harness.failedResizes > 0 && harness.text(2).count == 60)
        harness.memory = .max
        harness.add(.sample(3, prompt: 100..<2_100, contextSize: 4_096))
        harness.run()
        #expect(harness.text(3) == "xxxx")
    }
}
