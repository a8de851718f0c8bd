import Mullama

struct TogetherScenario: Scenario {
    let summary = "generateAll of 8 prompts, 64 tokens each, against the same 8 one after the other"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let model = try await setup.load(parallel: 8)
        let prompts = ["Rust", "Python", "Swift", "Haskell", "Fortran", "Lisp", "Prolog", "Ada"].map {
            "What is \($0)? It is a programming language that"
        }
        let options = GenerationOptions(temperature: 0)
        var serial: [Double] = []
        var together: [Double] = []
        for run in 0...setup.runs {
            var tokens = 0
            let alone = try await ContinuousClock().measure {
                for prompt in prompts {
                    let context = AsyncContext(model)
                    tokens += try await context.stream(prompt, maxTokens: 64, options: options).collect().usage.completionTokens
                    await context.clear()
                }
            }
            var answers: [String] = []
            let all = try await ContinuousClock().measure {
                answers = try await model.generateAll(prompts, maxTokens: 64, options: options)
            }
            precondition(answers.count == prompts.count)
            guard run > 0 else { continue }
            serial.append(Double(tokens) / (alone / .seconds(1)))
            together.append(Double(tokens) / (all / .seconds(1)))
        }
        return Findings(rows: [
            Row("8 prompts, 64 tokens each, one after the other", unit: "tok/s", ours: serial),
            Row("the same with generateAll", unit: "tok/s", ours: together),
            Row("generateAll / one after the other", unit: "×", ours: zip(together, serial).map { $0 / $1 }, bar: .atLeast(1.6)),
        ])
    }
}
