import InferenceCore
import SchedulerSimulator
import Testing

@Suite("Simulation: sharing and fairness")
struct SharingTests {
    @Test("a preamble is computed once in a burst, however many come together", arguments: [2, 8, 16])
    func burst(size: Int) {
        let preamble = PromptPiece(text: 1, tokens: 500)
        let trace = Trace(
            (1...size).map {
                TraceEntry(
                    arrival: .zero,
                    context: UInt64($0),
                    prompt: [preamble, PromptPiece(text: 100 + UInt64($0), tokens: 30)],
                    answerTokens: 16
                )
            }
        )
        let report = Simulation(trace, on: .cpu2, limits: SchedulerLimits(parallel: 16)).run()
        // Whole blocks are shared: 496 of the 500 tokens.
        #expect(report.work.computedPromptTokens == 530 + (size - 1) * 34)
        #expect(report.work.copies == size - 1)
    }

    @Test("strict requests share nothing")
    func strict() {
        let trace = Trace(
            (1...4).map {
                TraceEntry(
                    arrival: .zero,
                    context: UInt64($0),
                    prompt: [PromptPiece(text: 1, tokens: 500)],
                    answerTokens: 16,
                    isStrict: true
                )
            }
        )
        let report = Simulation(trace, on: .cpu2, limits: SchedulerLimits(parallel: 16)).run()
        #expect(report.work.computedPromptTokens == 4 * 500)
    }

    @Test("a conversation's earlier turns are not computed again, also when others used its slot meanwhile")
    func turns() {
        let trace = TraceGenerator.chats.trace(seed: 2, rate: 1, duration: .seconds(150))
        let report = Simulation(trace, on: .cpu2, limits: .library).run()
        #expect(report.all.cachedTokens * 2 > report.all.promptTokens, "\(report.all.cachedTokens) of \(report.all.promptTokens)")
        #expect(report.work.restores > 0)
    }

    @Test("equal contexts are served alike", arguments: [4, 16, 24])
    func equal(contexts: Int) {
        let trace = Trace(
            (0..<contexts).flatMap { context in
                (0..<12).map { turn in
                    TraceEntry(
                        arrival: .zero,
                        context: UInt64(context),
                        prompt: [PromptPiece(text: UInt64(100 * context + turn), tokens: 80)],
                        answerTokens: 40,
                        pause: .zero
                    )
                }
            }
        )
        let report = Simulation(trace, on: .cpu2, limits: SchedulerLimits(parallel: 16, parkedTokens: 80_000)).run()
        #expect(report.all.fairness > 0.97, "\(report.all.fairness)")
    }

    /// A chunk of 16 tokens takes a fifth more a token than one of 256, and beside 8 streams there is no room for more.
    @Test("short steps cost no more than the smaller chunks do")
    func throughput() {
        let trace = Trace.distinct(32, prompt: 300, answer: 64)
        func duration(_ policy: PrefillPolicy) -> Double {
            Simulation(trace, on: .cpu2, limits: SchedulerLimits(parallel: 8), policy: policy).run().duration
        }
        let (short, long) = (duration(PrefillPolicy(share: 1)), duration(PrefillPolicy(maxStall: .seconds(10), share: 1)))
        #expect(short < long * 1.15, "\(short) against \(long)")
        // No more than each prompt alone, and each token in a batch of 8.
        let machine = MachineProfile.cpu2
        let prompts = 32 * machine.secondsToPrefill(300, after: 0)
        let answers = 32 * 64 / 8 * machine.secondsToDecode(depths: Array(repeating: 332, count: 8))
        #expect(short < (prompts + answers) * 1.2, "\(short) against \(prompts) and \(answers)")
        // Steps without prompts have fewer rows than those after all prompts would have.
        let shared = duration(PrefillPolicy())
        #expect(shared < short * 1.06, "\(shared) against \(short)")
    }
}
