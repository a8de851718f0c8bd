struct MemoryScenario: Scenario {
    let summary = "resident memory with contexts of 4,096 tokens promised, before the first request, each time in a fresh process"
    private static let counts = [1, 2, 4, 8, 16]

    func run(_ setup: BenchSetup) async throws -> Findings {
        var idle: [Side: [[Double]]] = [:]
        var used: [[Double]] = []
        for _ in 0..<setup.runs {
            for side in setup.sides([.server, .tunedServer, .ours, .daemon]) {
                var sizes: [Double] = []
                for count in Self.counts { sizes.append(try await Self.resident(side, setup, contexts: count)) }
                idle[side, default: []].append(sizes)
            }
            var sizes: [Double] = []
            for count in Self.counts { sizes.append(try await Self.ours(setup, contexts: count, tokens: 256)) }
            used.append(sizes)
        }
        var row = Row("resident memory, idle, 16 × 4,096 promised", unit: "MB", idle.mapValues { $0.compactMap(\.last) })
        row.mustBe(.atMost(400))
        row.mustBe(.atMost(450), of: .daemon)
        let after = Row("the same after 16 answers of 256 tokens at once", unit: "MB", ours: used.compactMap(\.last))
        return Findings(rows: [row, after], plots: [Self.plot(idle, used)])
    }

    private static func resident(_ side: Side, _ setup: BenchSetup, contexts: Int) async throws -> Double {
        guard side != .ours else { return try await self.ours(setup, contexts: contexts, tokens: 0) }
        let contestant = try await setup.contestant(side, slots: contexts)
        let bytes = (contestant as? any ServerContestant)?.process.resident ?? 0
        await contestant.stop()
        return Double(bytes) / 1e6
    }

    private static func ours(_ setup: BenchSetup, contexts: Int, tokens: Int) async throws -> Double {
        let arguments = [
            "resident", "--model", setup.model, "--contexts", "\(contexts)", "--tokens", "\(tokens)", "--threads", "\(setup.threads)",
        ]
        let output = try await FreshProcess.output(of: arguments)
        guard let bytes = Double(output) else { throw BenchError("the process that measures its memory said: \(output)") }
        return bytes / 1e6
    }

    private static func plot(_ idle: [Side: [[Double]]], _ used: [[Double]]) -> Plot {
        func line(_ name: String, _ runs: [[Double]]) -> Plot.Line {
            let medians = self.counts.indices.map { index in Spread(runs.map { $0[index] }).median }
            return Plot.Line(name: name, x: self.counts.map(Double.init), y: medians)
        }
        return Plot(
            name: "memory",
            title: "Resident memory over contexts of 4,096 tokens",
            xLabel: "contexts promised",
            yLabel: "megabytes",
            lines: Side.allCases.compactMap { side in idle[side].map { line("\(side.name), idle", $0) } }
                + [line("Mullama, each has answered 256 tokens", used)]
        )
    }
}
