struct StreamsScenario: Scenario {
    let summary = "1, 2, 4, 8 and 16 streams with short distinct prompts, 64 new tokens each"
    private static let counts = [1, 2, 4, 8, 16]

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup, Duel.all).run { contestant, run in
            var records: [LoadRecord] = []
            for count in Self.counts {
                let prompts = (0..<count).map { Prompts.short(run * 100 + count * 3 + $0) }
                records.append(try await Load.together(prompts, tokens: 64, on: contestant))
            }
            return records
        }
        var rows: [Row] = []
        for (index, count) in Self.counts.enumerated() where count >= 8 {
            var speed = Row("\(count) streams, short prompts", unit: "tok/s", found.mapValues { $0.map { $0[index].tokensPerSecond } })
            speed.ratio(to: .server, mustBe: .atLeast(1))
            speed.ratio(of: .daemon, to: .server, mustBe: .atLeast(1))
            speed.ratio(of: .tunedDaemon, to: .server, mustBe: .atLeast(1))
            var first = Row(
                "\(count) streams, first tokens: median",
                unit: "ms",
                found.mapValues { $0.map { $0[index].medianTimeToFirst } }
            )
            first.ratio(to: .server, mustBe: .atMost(1))
            first.ratio(of: .daemon, to: .server, mustBe: .atMost(1))
            first.ratio(of: .tunedDaemon, to: .server, mustBe: .atMost(1))
            rows += [speed, first]
        }
        return Findings(rows: rows, plots: [Self.plot(found)], loads: found.mapValues { $0.flatMap(\.self) })
    }

    private static func plot(_ found: [Side: [[LoadRecord]]]) -> Plot {
        Plot(
            name: "throughput",
            title: "Throughput over concurrency: short distinct prompts, 64 new tokens each",
            xLabel: "streams at once",
            yLabel: "tokens per second, all streams",
            xScale: .logarithmic,
            lines: Side.allCases.compactMap { side in
                guard let runs = found[side] else { return nil }
                return Plot.Line(
                    name: side.name,
                    x: self.counts.map(Double.init),
                    y: self.counts.indices.map { index in Spread(runs.map { $0[index].tokensPerSecond }).median }
                )
            }
        )
    }
}
