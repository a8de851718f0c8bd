import InferenceCore
import Testing

@Suite("Scheduler: a cache that follows what it holds")
struct SchedulerGrowthTests {
    private static func long(_ id: UInt64, maxTokens: Int = 2_000, priority: RequestPriority = .normal) -> GenerationRequest {
        .sample(id, prompt: Int(id) * 1_000..<(Int(id) * 1_000 + 40), maxTokens: maxTokens, contextSize: 4_096, priority: priority)
    }

    @Test("a request that may become long gets the cells that it has use for, and more before they are full")
    func grows() {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1)
        harness.preparationSteps = 20
        harness.add(Self.long(1))
        harness.step()
        #expect(harness.scheduler.geometry == CacheGeometry(slots: 1, cellsPerSlot: 512))
        harness.step { $0.text(1).count == 600 }
        #expect(harness.scheduler.geometry == CacheGeometry(slots: 1, cellsPerSlot: 1_024))
        harness.run()
        #expect(harness.text(1).count == 2_000)
        #expect(harness.plans.allSatisfy { !$0.decode.isEmpty || !$0.prefill.isEmpty }, "no step waits for the cache")
        #expect(harness.cache.resizes == 3)
    }

    @Test("a cache that is made too slowly holds its request up and nobody else")
    func slow() {
        var harness = SchedulerHarness(parallel: 2)
        harness.preparationSteps = 300
        harness.add(Self.long(1, maxTokens: 700))
        harness.add(Self.long(2, maxTokens: 900))
        harness.add(.sample(3, prompt: 90..<100))
        harness.run()
        #expect(harness.text(1).count == 700 && harness.text(2).count == 900 && harness.text(3) == "xxxx")
    }

    @Test("requests that could not all end are not begun together, whatever room there is now")
    func honest() {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1, cells: 1_500)
        harness.add(Self.long(1, maxTokens: 900))
        harness.add(Self.long(2, maxTokens: 900))
        harness.step { $0.ending(1) != nil }
        #expect(harness.plans.allSatisfy { Set(($0.decode.map(\.request)) + $0.prefill.map(\.request)).count == 1 })
        harness.run()
        #expect(harness.text(1).count == 900 && harness.text(2).count == 900)
    }

    @Test("what needs more cells than there is memory for is refused before any work, with both numbers; the rest is served")
    func unavailable() {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1)
        harness.setAvailable(cells: 1_000)
        harness.add(Self.long(1, maxTokens: 1_500))
        harness.add(.sample(2))
        harness.run()
        guard case .failed(let fault, _, _) = harness.ending(1) else {
            Issue.record("it was begun")
            return
        }
        #expect(fault.code == .outOfMemory)
        #expect(fault.message.contains("1792"))
        #expect(fault.message.contains("1000") && harness.chunks(of: 1).isEmpty)
        #expect(harness.text(2) == "xxxx")
    }

    @Test("if memory is gone that was to be had, a batch request gives way, and goes on when there is room")
    func givesWay() {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1, parkedTokens: 10_000)
        harness.add(Self.long(1, maxTokens: 900, priority: .batch))
        harness.add(Self.long(2, maxTokens: 900))
        harness.step { $0.text(2).count == 100 }
        harness.memory = 1_024
        harness.run()
        #expect(harness.ended == [2, 1])
        #expect(harness.text(1).count == 900 && harness.text(2).count == 900)
    }

    @Test("where nobody can give way, one waits outside of the cache until the other has ended")
    func takesTurns() {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1, parkedTokens: 10_000)
        harness.add(Self.long(1, maxTokens: 900))
        harness.add(Self.long(2, maxTokens: 900))
        harness.step { $0.text(2).count == 100 }
        harness.memory = 1_024
        harness.run()
        #expect(harness.text(1).count == 900 && harness.text(2).count == 900)
    }

    @Test("where there is no room for that either, one fails, with the numbers")
    func exhausted() {
        var harness = SchedulerHarness(parallel: 2, firstSlots: 1)
        harness.add(Self.long(1, maxTokens: 900))
        harness.add(Self.long(2, maxTokens: 900))
        harness.step { $0.text(2).count == 100 }
        harness.memory = 1_024
        harness.run()
        let failed = harness.endings.values.filter { if case .failed = $0 { true } else { false } }
        #expect(failed.count == 1)
        guard case .failed(let fault, _, _) = failed.first else { return }
        #expect(fault.code == .outOfMemory && fault.message.contains("cells do not fit"))
        #expect(harness.text(1).count == 900 && harness.text(2).count == 473)
    }
}
