import InferenceCore
import Testing

@Suite("Scheduler: what it tells of itself")
struct SchedulerWatchingTests {
    @Test("how long a request had given its slot to others is told to the step, while it waits and at its end")
    func suspended() throws {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 1_000)
        harness.add(.sample(1, maxTokens: 10, priority: .batch))
        harness.steps(3)
        #expect(harness.now == .milliseconds(3))
        harness.add(.sample(2, prompt: 1_000..<1_020, priority: .interactive))
        harness.steps(2)
        let progress = try #require(harness.scheduler.progress.first { $0.request == RequestID(1) })
        #expect(progress.isSuspended && progress.suspendedSince == .milliseconds(3) && progress.suspendedTime == .zero)
        harness.step(until: { $0.ending(2) != nil })
        let resumed = harness.now
        harness.step()
        let after = try #require(harness.scheduler.progress.first { $0.request == RequestID(1) })
        #expect(!after.isSuspended && after.suspendedSince == nil && after.suspendedTime == resumed - .milliseconds(3))
        harness.run()
        #expect(harness.timings(1)?.suspended == resumed - .milliseconds(3))
        #expect(harness.timings(2)?.suspended == .zero)
    }

    @Test("a request that ends while it has given up its slot has waited until then")
    func endsSuspended() {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 1_000)
        harness.add(.sample(1, maxTokens: 10, priority: .batch))
        harness.steps(3)
        harness.add(.sample(2, prompt: 1_000..<1_020, maxTokens: 50, priority: .interactive))
        harness.steps(5)
        harness.cancel(1)
        #expect(harness.timings(1)?.suspended == .milliseconds(5))
    }

    @Test("what stands in the cache is counted: that of running requests, what later prompts may begin with, and what is kept outside")
    func cacheUse() throws {
        var harness = SchedulerHarness(parallel: 1, parkedTokens: 1_000)
        #expect(harness.scheduler.cacheUse == CacheUse())
        harness.add(.sample(1, prompt: 0..<100, maxTokens: 3))
        harness.step(until: { $0.text(1) == "xx" })
        let busy = harness.scheduler.cacheUse
        #expect(busy.cells == harness.scheduler.geometry.cells && busy.cells >= 100)
        #expect(busy.busyTokens == 101 && busy.warmTokens == 0 && busy.keptTokens == 0)
        harness.run()
        #expect(harness.scheduler.cacheUse.busyTokens == 0 && harness.scheduler.cacheUse.warmTokens == 80)
        harness.add(.sample(2, prompt: 1_000..<1_100, maxTokens: 3))
        harness.run()
        #expect(harness.scheduler.cacheUse.warmTokens == 80 && harness.scheduler.cacheUse.keptTokens == 80)
    }
}
