struct DistinctPromptsScenario: Scenario {
    let summary = "8 distinct prompts of some 300 tokens that come together, 64 new tokens each"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup, Duel.all).run { contestant, run in
            let prompts = (0..<8).map { Prompts.text(words: 255, number: run * 8 + $0) }
            return try await Load.together(prompts, tokens: 64, on: contestant)
        }
        var wall = Row("8 prompts of 300 tokens, all answered", unit: "s", found.mapValues { $0.map { $0.wall / 1000 } })
        wall.ratio(to: .server, mustBe: .atMost(1))
        wall.ratio(of: .tunedDaemon, to: .server, mustBe: .atMost(1))
        var first = Row("their first tokens: median", unit: "s", found.mapValues { $0.map { $0.medianTimeToFirst / 1000 } })
        first.ratio(to: .server, mustBe: .atMost(0.95))
        var gap = Row("their gaps: median", unit: "ms", found.mapValues { $0.map(\.medianGap) })
        gap.ratio(to: .server, mustBe: .atMost(0.9))
        var longest = Row("their gaps: longest", unit: "ms", found.mapValues { $0.map(\.longestGap) })
        longest.mustBe(.atMost(120))
        return Findings(rows: [wall, first, gap, longest], loads: found)
    }
}
