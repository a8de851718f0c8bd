struct PreambleScenario: Scenario {
    let summary = "8 requests with one preamble of 500 words that come together, 32 new tokens each"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup).run { contestant, run in
            let preamble = Prompts.text(words: 500, number: run)
            let prompts = (0..<8).map { "\(preamble) house. \(Prompts.short(run * 8 + $0))" }
            return try await Load.together(prompts, tokens: 32, on: contestant)
        }
        var wall = Row("8 requests, one 500-word preamble, all answered", unit: "s", found.mapValues { $0.map { $0.wall / 1000 } })
        wall.ratio(to: .server, mustBe: .atMost(0.3))
        wall.ratio(of: .daemon, to: .server, mustBe: .atMost(0.3))
        var first = Row("their first tokens: median", unit: "s", found.mapValues { $0.map { $0.medianTimeToFirst / 1000 } })
        first.ratio(to: .server, mustBe: .atMost(0.22))
        return Findings(rows: [wall, first], loads: found)
    }
}
