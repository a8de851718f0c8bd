import InferenceCore
import SchedulerSimulator
import Testing

@Suite("Simulation: nothing is lost")
struct ConservationTests {
    @Test("every request ends once, with every token that it was to have", arguments: TraceGenerator.allCases, [UInt64(1), 2])
    func tokens(generator: TraceGenerator, seed: UInt64) {
        let trace = generator.trace(seed: seed, rate: 0.3, duration: .seconds(200))
        let report = Simulation(trace, on: .cpu2, limits: .library).run()
        #expect(report.unfinished == 0)
        #expect(report.all.requests == trace.entries.count)
        #expect(report.all.endings.values.reduce(0, +) == trace.entries.count)
        #expect(report.all.endings.keys.allSatisfy { $0 == "stop" || $0 == "length" }, "\(report.all.endings)")
        #expect(report.all.completionTokens == trace.entries.reduce(0) { $0 + min($1.answerTokens, $1.maxTokens) })
        // Nothing is computed twice, nothing is left out.
        #expect(report.work.computedPromptTokens + report.all.cachedTokens == report.all.promptTokens)
        #expect(report.all.firstToken.count == trace.entries.count)
    }

    @Test("those that are cancelled or come too late end once too")
    func interrupted() {
        let entries = TraceGenerator.poisson.trace(seed: 3, rate: 1, duration: .seconds(120)).entries.enumerated().map { index, entry in
            var entry = entry
            if index.isMultiple(of: 3) { entry.cancel = .milliseconds(100 * (index % 40)) }
            if index.isMultiple(of: 4) { entry.deadline = .seconds(2) }
            return entry
        }
        let report = Simulation(Trace(entries), on: .cpu2, limits: .library).run()
        #expect(report.unfinished == 0)
        #expect(report.all.endings.values.reduce(0, +) == entries.count)
        #expect(Set(report.all.endings.keys) == ["stop", "cancelled", "deadline"])
        #expect(report.all.completionTokens < entries.reduce(0) { $0 + $1.answerTokens })
    }

    @Test("a request that cannot ever run is refused and counted, and holds up nobody")
    func refused() {
        let trace = Trace([.distinct(1, prompt: 5_000), .distinct(2)])
        let report = Simulation(trace, on: .cpu2, limits: .library).run()
        #expect(report.all.endings == ["contextWindowExceeded": 1, "length": 1])
    }

    @Test("the same trace, the same report; another seed, another trace", arguments: TraceGenerator.allCases)
    func deterministic(generator: TraceGenerator) {
        func trace(_ seed: UInt64) -> Trace { generator.trace(seed: seed, rate: 0.5, duration: .seconds(60)) }
        var machine = MachineProfile.cpu2
        machine.jitter = 0.2
        let simulation = Simulation(trace(1), on: machine, limits: .library, seed: 9)
        #expect(trace(1) == trace(1))
        #expect(trace(1) != trace(2))
        #expect(simulation.run() == Simulation(trace(1), on: machine, limits: .library, seed: 9).run())
        #expect(simulation.run() != Simulation(trace(1), on: machine, limits: .library, seed: 10).run())
    }

    @Test("time that varies changes no count")
    func jitter() {
        let trace = TraceGenerator.mixed.trace(seed: 4, rate: 0.3, duration: .seconds(200))
        var machine = MachineProfile.cpu2
        machine.jitter = 0.3
        let report = Simulation(trace, on: machine, limits: .library).run()
        #expect(report.unfinished == 0)
        #expect(report.all.completionTokens == trace.entries.reduce(0) { $0 + min($1.answerTokens, $1.maxTokens) })
    }
}
