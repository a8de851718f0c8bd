struct LeavingScenario: Scenario {
    let summary = "a client leaves while its prompt of 3,000 words is computed: how much later the next one's first token comes"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup).run { contestant, run in
            let alone = try await Load.together([Prompts.short(2 * run)], tokens: 8, on: contestant)
            let long = Task { try await contestant.stream(Prompts.text(words: 3_000, number: run), tokens: 8) { _, _ in } }
            try await Task.sleep(for: .seconds(1))
            long.cancel()
            let next = try await Load.together([Prompts.short(2 * run + 1)], tokens: 8, on: contestant)
            _ = await long.result
            return (alone: alone, next: next)
        }
        var row = Row(
            "a client leaves a 3,000-word prompt: extra wait of the next",
            unit: "ms",
            found.mapValues { $0.map { max(0, $0.next.medianTimeToFirst - $0.alone.medianTimeToFirst) } }
        )
        row.mustBe(.atMost(150))
        row.mustBe(.atMost(250), of: .daemon)
        return Findings(rows: [row], loads: found.mapValues { $0.flatMap { [$0.alone, $0.next] } })
    }
}
