import InferenceCore
import SchedulerSimulator
import Testing

@Suite("Simulation: latency")
struct LatencyTests {
    /// The end of a prompt, up to 31 tokens, is computed in one go, and the whole of one that takes no longer than the stall.
    private static let lastChunk = 31

    @Test("a stream stands still for maxStall and one block at most, whatever prompts come", arguments: [50, 100, 200], [0.0, 0.1])
    func stall(milliseconds: Int, jitter: Double) {
        var machine = MachineProfile.cpu2
        machine.jitter = jitter
        let prompts = (1...10).map { TraceEntry.distinct($0, at: .seconds(2 * $0), prompt: 80 * $0, answer: 5) }
        let streams = (101...103).map { TraceEntry.distinct($0, prompt: 20, answer: 600) }
        let report = Simulation(
            Trace(streams + prompts),
            on: machine,
            limits: SchedulerLimits(parallel: 5),
            policy: PrefillPolicy(maxStall: .milliseconds(milliseconds))
        ).run()
        let rows = machine.secondsToDecode(depths: [620, 620, 620, 800])
        let block = machine.secondsToPrefill(Self.lastChunk, after: 800)
        let bound = max(Double(milliseconds) / 1_000, rows) * (1 + jitter) + block * (1 + jitter) + machine.step
        #expect(report.all.gaps.max.seconds <= bound, "\(report.all.gaps.max) against \(bound)")
        // Otherwise there was nothing to hold anybody up.
        #expect(report.all.gaps.max.seconds > rows)
    }

    @Test("what chunks cost is learnt: with a longer stall allowed prompts are through sooner")
    func trade() {
        func firstToken(_ stall: Duration) -> Duration {
            let streams = (1...4).map { TraceEntry.distinct($0, prompt: 20, answer: 2_000) }
            var prompt = TraceEntry.distinct(5, at: .seconds(5), prompt: 1_500, answer: 5)
            prompt.group = "prompt"
            let trace = Trace(streams + [prompt])
            let report = Simulation(trace, on: .cpu2, limits: .init(parallel: 8), policy: .init(maxStall: stall, share: 1)).run()
            return report["prompt"]?.firstToken.max ?? .zero
        }
        #expect(firstToken(.milliseconds(400)) < firstToken(.milliseconds(100)) * 0.8)
    }

    /// A stream beside prompts that come one upon the other for as long as it lasts.
    private static func besidePrompts(
        _ count: Int,
        share: Double,
        answer: Int = 400,
        priority: RequestPriority = .normal
    ) -> SimulationReport {
        var stream = TraceEntry.distinct(1, prompt: 20, answer: answer, priority: priority)
        stream.group = "stream"
        let prompts = (2..<(2 + count)).map { number in
            var prompt = TraceEntry.distinct(number, at: .milliseconds(300 * number), prompt: 600, answer: 1)
            prompt.group = "prompts"
            return prompt
        }
        return Simulation(
            Trace([stream] + prompts),
            on: .cpu2,
            limits: .init(parallel: 2),
            policy: PrefillPolicy(share: share)
        ).run()
    }

    @Test("those who generate keep their part of the time, however many prompts come", arguments: [0.25, 0.5, 0.75])
    func share(part: Double) throws {
        let gap = try #require(Self.besidePrompts(100, share: part)["stream"]).gaps
        let alone = MachineProfile.cpu2.secondsToDecode(depths: [220])
        #expect(gap.mean.seconds < alone / (1 - part) * 1.15, "\(gap.mean) against \(alone) alone")
        // Otherwise prompts took less than they may.
        #expect(gap.mean.seconds > alone / (1 - part) * 0.8, "\(gap.mean) against \(alone) alone")
        #expect(gap.max < .milliseconds(150))
    }

    @Test("prompts wait for no answers of a lower class")
    func shareOfClasses() throws {
        let fast = try #require(Self.besidePrompts(8, share: 0.5, answer: 4_000, priority: .batch)["prompts"]).firstToken
        let slow = try #require(Self.besidePrompts(8, share: 0.5, answer: 4_000)["prompts"]).firstToken
        #expect(fast.percentile(50) < slow.percentile(50) * 0.8, "\(fast) and \(slow)")
    }

    @Test("short prompts that come together are computed one a step, not each in several")
    func shortPrompts() throws {
        let (count, length) = (16, 28)
        let burst = Trace((0..<count).map { .distinct($0, prompt: length, answer: 64) })
        let shape = StepShape(blocks: PrefillBlocks(cut: 1, least: 8))
        let report = Simulation(burst, on: .cpu2, limits: .init(parallel: count), shape: shape).run()
        let prefill = MachineProfile.cpu2.secondsToPrefill(length, after: 0)
        func decode(_ rows: Int) -> Double { MachineProfile.cpu2.secondsToDecode(depths: Array(repeating: length + 64, count: rows)) }
        // Before the median's first token, half of the prompts were computed, each beside those that were computed before.
        let bound = (0...count / 2).reduce(0.0) { $0 + prefill + decode($1) }
        #expect(report.all.firstToken.percentile(50).seconds < bound * 1.1, "\(report.all.firstToken) against \(bound)")
        #expect(report.all.gaps.max.seconds < prefill + decode(count) + 0.01, "\(report.all.gaps.max)")
    }

    @Test("interactive requests are served beside batch work as long as there is a slot")
    func interactive() throws {
        let chats = TraceGenerator.chats.trace(seed: 5, rate: 0.15, duration: .seconds(300))
        let batch = Trace((0..<4).map { .distinct(1_000 + $0, prompt: 1_000, answer: 2_000, priority: .batch) })
        let limits = SchedulerLimits(parallel: 16, parkedTokens: 80_000)
        let alone = Simulation(chats, on: .cpu2, limits: limits).run()
        let both = Simulation(chats + batch, on: .cpu2, limits: limits).run()
        let (before, after) = (try #require(alone["interactive"]), try #require(both["interactive"]))
        #expect(after.queued.max < .seconds(1), "\(after.queued.max)")
        #expect(after.firstToken.percentile(90) < before.firstToken.percentile(90) * 4, "\(before.firstToken) and \(after.firstToken)")
    }

    @Test("of two that wait, the one of the higher class goes first")
    func classes() throws {
        let running = Trace.distinct(2, answer: 200)
        let waiting = Trace([
            .distinct(10, at: .milliseconds(1), priority: .batch), .distinct(11, at: .milliseconds(2), priority: .interactive),
        ])
        let report = Simulation(running + waiting, on: .cpu2, limits: .init(parallel: 2)).run()
        let (batch, interactive) = (try #require(report["batch"]), try #require(report["interactive"]))
        #expect(interactive.queued.max < batch.queued.max)
    }
}
