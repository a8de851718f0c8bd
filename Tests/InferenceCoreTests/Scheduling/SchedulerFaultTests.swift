import InferenceCore
import Testing

@Suite("Scheduler: faults and memory")
struct SchedulerFaultTests {
    private static let broken = RequestFault(.engineFailed, "no logits", underlying: -3)

    @Test("a fault ends its request alone, and its slot is cleared", arguments: [1, 3, 6])
    func fault(afterSteps steps: Int) throws {
        var harness = SchedulerHarness(parallel: 2, chunk: 64)
        harness.add(.sample(1, prompt: 500..<550, maxTokens: 20))
        harness.add(.sample(2, prompt: 0..<100, maxTokens: 20))
        harness.steps(steps)
        let slot = try #require(harness.slot(2) ?? (steps == 1 ? SlotID(1) : nil))
        harness.faults[RequestID(2)] = Self.broken
        harness.step()
        #expect(harness.ending(2)?.fault == Self.broken)
        let plan = try harness.next()
        #expect(plan.memory == [.clear(slot)])
        harness.run()
        #expect(harness.text(1) == String(repeating: "x", count: 20))
        harness.add(.sample(3, prompt: 0..<100))
        harness.run()
        #expect(harness.usage(3)?.cachedTokens == 0)
        #expect(harness.text(3) == "xxxx")
    }

    @Test("what a request said before its fault stays said, and is counted")
    func usage() {
        var harness = SchedulerHarness()
        harness.add(.sample(1, maxTokens: 20))
        harness.steps(3)
        harness.faults[RequestID(1)] = Self.broken
        harness.step()
        #expect(harness.text(1) == "xxx")
        #expect(harness.usage(1)?.completionTokens == 3)
    }

    @Test("all fail together when the engine cannot go on")
    func all() {
        var harness = SchedulerHarness(parallel: 2)
        for id in 1...4 as ClosedRange<UInt64> { harness.add(.sample(id, prompt: 0..<40)) }
        harness.steps(2)
        harness.failAll(Self.broken)
        #expect(harness.ended == [1, 2, 3, 4])
        #expect((1...4).allSatisfy { harness.ending($0)?.fault == Self.broken })
        #expect(harness.scheduler.isIdle)
        #expect(Set(harness.step()?.memory ?? []) == [.clear(SlotID(0)), .clear(SlotID(1))])
    }

    @Test("a cache that cannot be made leaves all as it was, and the requests are tried in a smaller one")
    func resizeFault() throws {
        var harness = SchedulerHarness(parallel: 2)
        harness.add(.sample(1, maxTokens: 20))
        harness.steps(2)
        let before = harness.scheduler.geometry
        harness.memory = 1_600
        harness.add(.sample(2, prompt: 100..<700, contextSize: 1_000))
        harness.step()
        #expect(harness.failedResizes == 1)
        #expect(harness.scheduler.geometry == before)
        #expect(harness.scheduler.runningCount == 1 && harness.scheduler.waitingCount == 1)
        #expect(harness.text(1) == "xxx")
        harness.steps(2)
        #expect(harness.scheduler.geometry == CacheGeometry(slots: 2, cellsPerSlot: 768))
        harness.run()
        #expect(harness.failedResizes == 1)
        #expect(harness.text(1) == String(repeating: "x", count: 20) && harness.text(2) == "xxxx")
        #expect(harness.ending(2)?.timings.queued == .milliseconds(2))
    }

    @Test("when even that is too much it waits for the others to end, and has fewer slots")
    func resizeWaits() {
        var harness = SchedulerHarness(parallel: 2)
        harness.add(.sample(1, maxTokens: 20))
        harness.steps(2)
        harness.memory = 1_100
        harness.add(.sample(2, prompt: 100..<700, contextSize: 1_000))
        harness.run()
        #expect(harness.ended == [1, 2])
        #expect(harness.failedResizes == 2)
        #expect(harness.text(1).count == 20 && harness.text(2) == "xxxx")
        #expect(harness.scheduler.geometry == CacheGeometry(slots: 1, cellsPerSlot: 768))
    }

    @Test("in the end the asker alone fails, with the numbers, and the memory is asked for again later")
    func resizeFails() throws {
        var harness = SchedulerHarness(parallel: 2)
        harness.memory = 700
        harness.add(.sample(1, prompt: 100..<700, contextSize: 1_000))
        harness.add(.sample(2))
        harness.run()
        let fault = try #require(harness.ending(1)?.fault)
        #expect(fault.code == .outOfMemory && fault.underlying == 768 && fault.message.contains("768"))
        #expect(harness.text(2) == "xxxx")
        harness.memory = .max
        harness.add(.sample(3, prompt: 100..<700, contextSize: 1_000))
        harness.run()
        #expect(harness.text(3) == "xxxx")
    }

    @Test("requests of one step that a failed resize puts back keep their order and their warm prefix")
    func resizePutsBack() {
        var harness = SchedulerHarness(parallel: 4)
        harness.add(.sample(1, prompt: 0..<100))
        harness.run()
        harness.failingResizes = 1
        harness.add(.sample(2, prompt: 0..<100))
        harness.add(.sample(3, prompt: 0..<100, priority: .interactive))
        harness.add(.sample(4, prompt: 300..<900, contextSize: 1_000))
        harness.step()
        #expect(harness.scheduler.waitingCount == 3 && harness.scheduler.runningCount == 0)
        harness.cancel(3)
        #expect(harness.ending(3) == .finished(.cancelled, Usage(promptTokens: 100), Timings(queued: .milliseconds(1))))
        harness.run()
        #expect(harness.ended == [1, 3, 2, 4])
        #expect(harness.usage(2)?.cachedTokens == 80)
    }

    @Test("what a failed resize kept from being cleared is cleared later")
    func resizeKeepsOps() {
        var harness = SchedulerHarness(parallel: 2)
        harness.add(.sample(1, maxTokens: 20))
        harness.add(.sample(2, prompt: 100..<120, maxTokens: 20))
        harness.steps(2)
        harness.faults[RequestID(2)] = Self.broken
        harness.step()
        harness.failingResizes = 1
        harness.add(.sample(3, prompt: 200..<800, contextSize: 1_000))
        harness.step()
        #expect(harness.failedResizes == 1)
        harness.cancel(3)
        harness.add(.sample(4, prompt: 200..<220))
        harness.run()
        #expect(harness.text(1).count == 20 && harness.text(4) == "xxxx")
    }

    @Test("under a limit of cells a large request waits until others end, and nobody overtakes it")
    func cellLimit() {
        var harness = SchedulerHarness(parallel: 4, cells: 1_024)
        harness.add(.sample(1, maxTokens: 20))
        harness.step()
        harness.add(.sample(2, prompt: 100..<700, contextSize: 1_000))
        harness.add(.sample(3, prompt: 800..<820))
        harness.step()
        #expect(harness.scheduler.runningCount == 1 && harness.scheduler.waitingCount == 2)
        harness.run()
        #expect(harness.ended == [1, 2, 3])
        #expect(harness.text(2) == "xxxx" && harness.text(3) == "xxxx")
    }

    @Test("one that never fits is refused at once, with both counts, and the next one runs")
    func neverFits() throws {
        var harness = SchedulerHarness(parallel: 4, cells: 1_024)
        harness.add(.sample(1, maxTokens: 40))
        harness.add(.sample(2, prompt: 0..<2_000, contextSize: 4_096))
        let fault = try #require(harness.ending(2)?.fault)
        #expect(fault.code == .cacheExhausted)
        #expect(fault.message.contains("2048") && fault.message.contains("1024"))
        harness.add(.sample(3))
        harness.run()
        #expect(harness.text(3) == "xxxx")
    }
}
