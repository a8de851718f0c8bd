import Mullama

struct SameAnswerScenario: Scenario {
    let summary = "8 greedy answers alone, then twice beside a long prompt and a cancelled one, ours under strict: how many are the same"
    private static let prompts = ["Rust", "Python", "Swift", "Haskell", "Fortran", "Lisp", "Prolog", "Ada"].map {
        "What is \($0)? It is a programming language that"
    }
    private static let tokens = 48

    func run(_ setup: BenchSetup) async throws -> Findings {
        var rows: [Row] = []
        for model in Set([setup.model, "gemma3:270m"]).sorted().reversed() where (try? ModelPath.of(model)) != nil {
            var setup = setup
            setup.model = model
            // The second model keeps it at a price that is too high for the default.
            setup.reproducibility = .strict
            // Greedy answers have no spread worth more runs.
            setup.runs = 1
            let found = try await Duel(setup).run { contestant, _ in try await Self.count(contestant) }
            for round in 0..<2 {
                var row = Row(
                    "8 greedy answers of \(model), \(round == 0 ? "under load" : "under load again"): as alone",
                    unit: "of 8",
                    found.mapValues { $0.map { Double($0[round]) } }
                )
                row.mustBe(.atLeast(8))
                rows.append(row)
            }
        }
        return Findings(rows: rows)
    }

    /// How many answers are as they are alone, in two rounds.
    private static func count(_ contestant: any Contestant) async throws -> [Int] {
        var alone: [String] = []
        for prompt in self.prompts { alone.append(try await self.answer(prompt, contestant)) }
        var counts: [Int] = []
        for round in 0..<2 {
            let together = try await self.underLoad(round, contestant)
            counts.append(zip(alone, together).filter(==).count)
            try await contestant.settle()
        }
        return counts
    }

    private static func underLoad(_ round: Int, _ contestant: any Contestant) async throws -> [String] {
        let long = Task { try await contestant.stream(Prompts.text(words: 700, number: round), tokens: 16) { _, _ in } }
        let cancelled = Task { try await contestant.stream(Prompts.text(words: 400, number: 10 + round), tokens: 200) { _, _ in } }
        let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (index, prompt) in self.prompts.enumerated() {
                group.addTask { (index, try await self.answer(prompt, contestant)) }
            }
            group.addTask {
                try await Task.sleep(for: .milliseconds(500))
                cancelled.cancel()
                return (-1, "")
            }
            var answers = [String](repeating: "", count: self.prompts.count)
            for try await (index, text) in group where index >= 0 { answers[index] = text }
            return answers
        }
        _ = await cancelled.result
        try await long.value
        return answers
    }

    private static func answer(_ prompt: String, _ contestant: any Contestant) async throws -> String {
        let text = TextBuffer()
        try await contestant.stream(prompt, tokens: self.tokens) { part, _ in text.append(part) }
        return text.value
    }
}
