import Mullama

struct TurnsScenario: Scenario {
    let summary = "64 contexts with 1,000 tokens each take turns on 16 slots: what it costs to come back"
    private static let contexts = 64

    func run(_ setup: BenchSetup) async throws -> Findings {
        let model = try await setup.load(parallel: BenchSetup.slots, contextSize: BenchSetup.contextSize)
        var talks: [Talk] = []
        for number in 0..<Self.contexts {
            let tokens = try await model.tokenize(Prompts.text(words: 1_000, number: number))
            talks.append(Talk(context: AsyncContext(model), history: Array(tokens.prefix(1_000))))
        }
        func question(_ number: Int) async throws -> [Token] {
            Array(try await model.tokenize(Prompts.short(number), addSpecial: false).prefix(16))
        }
        for index in talks.indices { _ = try await talks[index].turn(question(1_000 + index)) }

        var (parked, warm, recomputed): ([Double], [Double], [Double]) = ([], [], [])
        for round in 0..<setup.runs {
            for index in talks.indices {
                let number = 2_000 + 200 * round + 2 * index
                let back = try await talks[index].turn(question(number))
                parked.append(back.milliseconds)
                // Of the history, the rest behind its last whole block.
                recomputed.append(Double(back.computed - 16))
                warm.append(try await talks[index].turn(question(number + 1)).milliseconds)
            }
        }
        await model.close()
        let extra = zip(parked, warm).map { $0 - $1 }
        return Findings(rows: [
            Row("64 contexts of 1,000 tokens on 16 slots: a turn's first token", unit: "ms", ours: parked),
            Row("the same from a context that stayed in its slot", unit: "ms", ours: warm),
            Row("park and restore, a turn", unit: "ms", ours: extra, bar: .atMost(60)),
            Row("tokens computed again, a turn", unit: "tokens", ours: recomputed, bar: .atMost(32)),
        ])
    }
}

private struct Talk {
    let context: AsyncContext
    let history: [Token]

    /// - Returns: Until the first token, and how many tokens of the prompt were not in the cache.
    func turn(_ question: [Token]) async throws -> (milliseconds: Double, computed: Int) {
        let answer = try await self.context.stream(self.history + question, maxTokens: 1, options: .greedy).collect()
        return (answer.timings.timeToFirstToken / .milliseconds(1), answer.usage.promptTokens - answer.usage.cachedTokens)
    }
}
