struct OneTokenScenario: Scenario {
    let summary = "requests for one token, one after the other"
    private static let requests = 32

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup, Duel.all).run { contestant, run in
            let begin = ContinuousClock.now
            for number in 0..<Self.requests {
                _ = try await contestant.stream(Prompts.short(run * Self.requests + number), tokens: 1) { _, _ in }
            }
            return (ContinuousClock.now - begin) / .milliseconds(1) / Double(Self.requests)
        }
        var row = Row("a request for one token, one after the other", unit: "ms", found)
        row.ratio(of: .daemon, to: .server, mustBe: .atMost(1))
        row.ratio(of: .tunedDaemon, to: .server, mustBe: .atMost(1))
        return Findings(rows: [row])
    }
}
