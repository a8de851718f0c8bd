struct EverythingOnScenario: Scenario {
    let summary = "16 streams with everything on, and with sharing, parking and short steps off"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup, [.ours, .oursPlain]).run(times: 2 * setup.runs) { contestant, run in
            let prompts = (0..<16).map { Prompts.short(run * 16 + $0) }
            return try await Load.together(prompts, tokens: 64, on: contestant)
        }
        var row = Row("16 streams, everything on and off", unit: "tok/s", found.mapValues { $0.map(\.tokensPerSecond) })
        row.ratio(to: .oursPlain, mustBe: .atLeast(0.97))
        return Findings(rows: [row], loads: found)
    }
}
