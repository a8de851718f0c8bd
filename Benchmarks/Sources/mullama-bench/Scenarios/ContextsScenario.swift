import Mullama

struct ContextsScenario: Scenario {
    let summary = "creating 10,000 contexts of 4,096 tokens"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let model = try await setup.load()
        var times: [Double] = []
        var sizes: [Double] = []
        for _ in 0..<setup.runs {
            let before = ProcessMemory.resident
            var contexts: [AsyncContext] = []
            let time = ContinuousClock().measure {
                for _ in 0..<10_000 { contexts.append(AsyncContext(model, ContextParams(contextSize: 4096))) }
            }
            times.append(time / .milliseconds(1))
            sizes.append(Double(ProcessMemory.resident - before) / 1e6)
            precondition(contexts.count == 10_000)
        }
        return Findings(rows: [
            Row("creating 10,000 contexts of 4,096 tokens", unit: "ms", ours: times, bar: .below(50)),
            Row("their resident memory", unit: "MB", ours: sizes, bar: .below(20)),
        ])
    }
}
