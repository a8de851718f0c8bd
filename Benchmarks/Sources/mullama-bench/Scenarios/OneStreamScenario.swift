struct OneStreamScenario: Scenario {
    let summary = "one stream, short prompt: a bare llama_decode loop, llama-server, AsyncContext.stream and mullama serve in turn"

    func run(_ setup: BenchSetup) async throws -> Findings {
        // Many short runs, and the median gap of each: single gaps of a busy machine do not count.
        let found = try await Duel(setup, [.bareLoop] + Duel.all).run(times: 4 * setup.runs) {
            contestant,
            run in
            try await Load.together([Prompts.short(run)], tokens: 33, on: contestant)
        }
        var row = Row("one stream, short prompt", unit: "tok/s", found.mapValues { $0.map { 1000 / $0.medianGap } })
        row.ratio(to: .bareLoop, mustBe: .atLeast(0.98))
        row.ratio(to: .server, mustBe: .atLeast(1))
        row.ratio(of: .daemon, to: .server, mustBe: .atLeast(1.05))
        row.ratio(of: .tunedDaemon, to: .server, mustBe: .atLeast(1.05))
        return Findings(rows: [row], loads: found)
    }
}
