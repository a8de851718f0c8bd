struct ArrivalScenario: Scenario {
    let summary = "4 streams generate, a prompt of 1,500 words arrives"

    private struct Outcome: Sendable {
        var record: LoadRecord
        var arrival: Double
        var end: Double
        /// Milliseconds; nil where there is nothing to ask.
        var healthP99: Double?

        var streams: [Recording] { Array(self.record.streams.prefix(4)) }
        var longestGap: Double { LoadRecord(side: self.record.side, streams: self.streams).longestGap(from: self.arrival, to: self.end) }
        var timeToFirst: Double { self.record.streams.last?.timeToFirst ?? .nan }
    }

    func run(_ setup: BenchSetup) async throws -> Findings {
        let found = try await Duel(setup, [.server, .tunedServer, .ours, .oursUnlimited, .daemon]).run { contestant, run in
            try await Self.arrive(run, on: contestant)
        }
        var gap = Row(
            "4 streams, a 1,500-word prompt arrives: longest gap",
            unit: "ms",
            found.mapValues { $0.map(\.longestGap) }
        )
        gap.mustBe(.atMost(120))
        gap.mustBe(.atMost(150), of: .daemon)
        var first = Row("the long prompt's first token", unit: "s", found.mapValues { $0.map { $0.timeToFirst / 1000 } })
        first.ratio(to: .server, mustBe: .atMost(1.6))
        first.ratio(of: .oursUnlimited, to: .server, mustBe: .atMost(1))
        let probes = found.mapValues { $0.compactMap(\.healthP99) }.filter { !$0.value.isEmpty }
        var health = Row("/health meanwhile: 99th percentile", unit: "ms", probes)
        health.mustBe(.atMost(10), of: .daemon)
        return Findings(
            rows: [gap, first] + (probes.isEmpty ? [] : [health]),
            plots: [Self.plot(found)],
            loads: found.mapValues { $0.map(\.record) }
        )
    }

    private static func arrive(_ run: Int, on contestant: any Contestant) async throws -> Outcome {
        let load = Load(contestant, milestone: 20)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for stream in 0..<4 {
                group.addTask {
                    do {
                        try await load.request(Prompts.short(run * 4 + stream), tokens: 1_500)
                    } catch is CancellationError {
                        // It was to go on as long as the long prompt took.
                    }
                }
            }
            await load.reached(4)
            let arrival = load.now
            let probe = HealthProbe(contestant)
            do {
                try await load.request(Prompts.text(words: 1_500, number: run), tokens: 16)
            } catch {
                _ = await probe?.stop()
                throw error
            }
            let end = load.now
            let health = await probe?.stop()
            group.cancelAll()
            try await group.waitForAll()
            try await contestant.settle()
            return Outcome(record: load.record, arrival: arrival, end: end, healthP99: health)
        }
    }

    private static func plot(_ found: [Side: [Outcome]]) -> Plot {
        Plot(
            name: "gaps",
            title: "Gaps between the tokens of 4 streams; at 0 s a prompt of 1,500 words arrives",
            xLabel: "seconds",
            yLabel: "milliseconds since the token before",
            yScale: .logarithmic,
            style: .points,
            lines: Side.allCases.compactMap { side in
                guard let outcome = found[side]?.last else { return nil }
                let points = outcome.streams.flatMap { zip($0.parts.dropFirst(), $0.gaps) }.sorted { $0.0 < $1.0 }
                return Plot.Line(name: side.name, x: points.map { ($0.0 - outcome.arrival) / 1000 }, y: points.map(\.1))
            },
            mark: Plot.Mark(name: "maxStall: 100 ms", y: 100)
        )
    }
}
