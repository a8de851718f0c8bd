struct LongPromptScenario: Scenario {
    let summary = "one stream behind a prompt of 1,100 words, 64 new tokens"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup, Duel.all).run { contestant, run in
            try await Load.together([Prompts.text(words: 1_100, number: run)], tokens: 64, on: contestant)
        }
        var speed = Row("one stream behind a 1,100-word prompt", unit: "tok/s", found.mapValues { $0.map { 1000 / $0.medianGap } })
        speed.ratio(to: .tunedServer, mustBe: .atLeast(1))
        speed.ratio(to: .server, mustBe: .atLeast(1.9))
        speed.ratio(of: .daemon, to: .server, mustBe: .atLeast(1.9))
        speed.ratio(of: .tunedDaemon, to: .server, mustBe: .atLeast(1.9))
        let first = Row("its first token", unit: "s", found.mapValues { $0.map { $0.medianTimeToFirst / 1000 } })
        return Findings(rows: [speed, first], loads: found)
    }
}
