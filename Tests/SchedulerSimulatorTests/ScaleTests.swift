import InferenceCore
import SchedulerSimulator
import Testing

@Suite("Simulation: past this machine")
struct ScaleTests {
    @Test("256 sequences run together on a machine that has room for them")
    func many() {
        let report = Simulation(.distinct(260, prompt: 16, answer: 60), on: .gpuLike, limits: SchedulerLimits(parallel: 256)).run()
        #expect(report.peakRunning == 256)
        #expect(report.unfinished == 0 && report.all.endings == ["length": 260])
    }

    @Test("10,000 that wait are served in the order in which they came")
    func queue() {
        let report = Simulation(
            .distinct(10_000, prompt: 16, answer: 1),
            on: .gpuLike,
            limits: SchedulerLimits(parallel: 64),
            policy: PrefillPolicy(largestChunk: 1_024, loneChunk: 1_024)
        ).run()
        #expect(report.peakQueue > 9_900)
        #expect(report.all.endings == ["length": 10_000])
        // The last one waits for all the others, and only for them.
        #expect(report.all.queued.max.seconds > 0.95 * report.duration)
    }
}
