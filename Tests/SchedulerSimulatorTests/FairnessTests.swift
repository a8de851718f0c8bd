import InferenceCore
import SchedulerSimulator
import Testing

@Suite("Simulation: classes")
struct FairnessTests {
    /// Interactive requests one after the other, so many that they alone would keep all slots busy for the time.
    private static func flood(_ duration: Int) -> Trace {
        Trace((0..<(4 * duration)).map { .distinct($0, at: .milliseconds(250 * $0), prompt: 40, answer: 40, priority: .interactive) })
    }

    @Test("nobody starves: every eighth slot goes to who has waited longest", arguments: [RequestPriority.normal, .batch])
    func starvation(priority: RequestPriority) throws {
        let patient = Trace((0..<3).map { .distinct(100_000 + $0, at: .seconds(5), prompt: 100, answer: 20, priority: priority) })
        let report = Simulation(Self.flood(120) + patient, on: .cpu2, limits: SchedulerLimits(parallel: 4)).run()
        let (waited, others) = (try #require(report["\(priority)"]), try #require(report["interactive"]))
        // The flood alone takes longer than it lasts, so somebody waits for it to the end.
        #expect(others.queued.max > .seconds(60), "\(others.queued.max)")
        #expect(waited.queued.max < .seconds(60), "\(waited.queued.max)")
        #expect(waited.endings == ["length": 3])
    }

    @Test("a backlog of batch work, however old, leaves interactive requests as quick as without it")
    func backlog() throws {
        let batch = Trace((0..<200).map { .distinct($0, prompt: 300, answer: 100, priority: .batch) })
        let asked = Trace((0..<40).map { .distinct(1_000 + $0, at: .seconds(30 + 2 * $0), prompt: 40, answer: 10, priority: .interactive) })
        let limits = SchedulerLimits(parallel: 4, parkedTokens: 200_000)
        let report = try #require(Simulation(batch + asked, on: .cpu2, limits: limits).run()["interactive"])
        let alone = Simulation(asked, on: .cpu2, limits: limits).run().all
        #expect(report.firstToken.percentile(50) < alone.firstToken.percentile(50) * 3, "\(report.firstToken.percentile(50))")
        #expect(report.queued.max < .seconds(1), "\(report.queued.max)")
    }

    @Test("an interactive request takes the slot of batch work within a step, and that work goes on later without computing anew")
    func preemption() throws {
        let batch = Trace((1...4).map { .distinct($0, prompt: 400, answer: 400, priority: .batch) })
        let asked = Trace((0..<10).map { .distinct(100 + $0, at: .seconds(10 + 3 * $0), prompt: 40, answer: 10, priority: .interactive) })
        let limits = SchedulerLimits(parallel: 4, parkedTokens: 80_000)
        let report = Simulation(batch + asked, on: .cpu2, limits: limits).run()
        let (interactive, work) = (try #require(report["interactive"]), try #require(report["batch"]))
        let alone = Simulation(asked, on: .cpu2, limits: limits).run()
        #expect(interactive.queued.max < .milliseconds(300), "\(interactive.queued.max)")
        #expect(interactive.firstToken.max < alone.all.firstToken.max * 3, "\(interactive.firstToken.max)")
        #expect(work.endings == ["length": 4] && work.completionTokens == 1_600)
        #expect(report.work.computedPromptTokens == 4 * 400 + 10 * 40)
    }

    @Test("batch work goes on beside a trickle of interactive requests")
    func progress() throws {
        let batch = Trace([.distinct(1, prompt: 200, answer: 300, priority: .batch)])
        let asked = Trace((0..<60).map { .distinct(100 + $0, at: .seconds($0), prompt: 40, answer: 20, priority: .interactive) })
        let report = Simulation(batch + asked, on: .cpu2, limits: SchedulerLimits(parallel: 4)).run()
        let work = try #require(report["batch"])
        #expect(work.endings == ["length": 1])
        #expect(work.total.max < .seconds(60), "\(work.total.max)")
    }

    @Test("a queue with a limit refuses at once, and what it took in is served")
    func bounded() {
        let limits = SchedulerLimits(parallel: 4, queueLimit: 16)
        let report = Simulation(.distinct(100, prompt: 40, answer: 10), on: .cpu2, limits: limits).run()
        #expect(report.peakQueue <= 16)
        #expect(report.all.endings["overloaded", default: 0] + report.all.endings["length", default: 0] == 100)
        #expect(report.all.endings["length", default: 0] >= 16)
    }

    @Test("who waits longer than is allowed is told, and nobody waits longer")
    func waitLimit() {
        let limits = SchedulerLimits(parallel: 2, waitLimit: .seconds(5))
        let report = Simulation(.distinct(100, prompt: 40, answer: 40), on: .cpu2, limits: limits).run()
        // Most are told at once, by what the queue is expected to take.
        #expect(report.all.endings.keys.allSatisfy { ["length", "timedOut", "overloaded"].contains($0) }, "\(report.all.endings)")
        #expect(report.all.endings["length", default: 0] > 5 && report.all.endings["length", default: 0] < 95)
        #expect(report.all.queued.max < .milliseconds(5_300), "\(report.all.queued.max)")
    }
}
