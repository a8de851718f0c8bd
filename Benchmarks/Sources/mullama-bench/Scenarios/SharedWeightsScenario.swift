import Mullama

struct SharedWeightsScenario: Scenario {
    let summary = "resident memory of a second AsyncModel of the same file"

    func run(_ setup: BenchSetup) async throws -> Findings {
        var seconds: [Double] = []
        var firsts: [Double] = []
        for _ in 0..<setup.runs {
            let before = ProcessMemory.resident
            let one = try await setup.load(parallel: 1)
            _ = try await one.generate("Hello", maxTokens: 4)
            let first = ProcessMemory.resident
            let two = try await setup.load(parallel: 1)
            _ = try await two.generate("Hello", maxTokens: 4)
            let second = ProcessMemory.resident
            firsts.append(Double(first - before) / 1e6)
            seconds.append(Double(second - first) / 1e6)
            await one.close()
            await two.close()
        }
        return Findings(rows: [
            Row("resident memory of a model", unit: "MB", ours: firsts),
            // Its own cache of 12 MB and its buffers, not the weights again.
            Row("resident memory of a second one of the same file", unit: "MB", ours: seconds, bar: .below(50)),
        ])
    }
}
