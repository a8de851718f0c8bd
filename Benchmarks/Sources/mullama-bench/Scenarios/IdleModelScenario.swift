import Mullama

struct IdleModelScenario: Scenario {
    let summary = "one stream, alone and with a second model in memory that has answered and does nothing"
    private static let tokens = 65

    func run(_ setup: BenchSetup) async throws -> Findings {
        let model = try await setup.load(parallel: 1)
        var alone: [Double] = []
        var beside: [Double] = []
        for run in 0...(2 * setup.runs) {
            let before = try await Self.speed(of: model)
            let idle = try await setup.load(parallel: 1)
            _ = try await Self.speed(of: idle)
            let after = try await Self.speed(of: model)
            await idle.close()
            guard run > 0 else { continue }
            alone.append(before)
            beside.append(after)
        }
        return Findings(rows: [
            Row("one stream alone", unit: "tok/s", ours: alone),
            Row("one stream with a second model idle", unit: "tok/s", ours: beside),
            Row("with a second model idle / alone", unit: "×", ours: zip(beside, alone).map { $0 / $1 }, bar: .atLeast(0.95)),
        ])
    }

    /// Of the tokens after the first.
    private static func speed(of model: AsyncModel) async throws -> Double {
        let options = GenerationOptions(temperature: 0, ignoreEndOfGeneration: true)
        let stream = AsyncContext(model).stream("Once upon a time", maxTokens: Self.tokens, options: options)
        let generation = try await stream.collect()
        return Double(Self.tokens - 1) / (generation.timings.decode / .seconds(1))
    }
}
