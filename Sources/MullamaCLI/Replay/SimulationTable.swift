import SchedulerSimulator

/// A report as people read it.
enum SimulationTable {
    static func text(_ report: SimulationReport) -> String {
        self.groups(report).text + "\n" + self.summary(report).text
    }

    private static func groups(_ report: SimulationReport) -> TextTable {
        TextTable(
            header: [
                "group", "requests", "queued p50", "p99", "max", "first token p50", "p99", "max", "gap p50", "p99", "max", "tok/s",
                "fairness",
            ],
            rows: (report.groups + (report.groups.count > 1 ? [report.all] : [])).map { group in
                [group.name, Quantity.grouped(group.requests)]
                    + [group.queued, group.firstToken, group.gaps].flatMap { times in
                        [times.percentile(50), times.percentile(99), times.max].map { Quantity.seconds($0) }
                    }
                    + [
                        report.duration > 0 ? Quantity.fixed(Double(group.completionTokens) / report.duration, 1) : "-",
                        Quantity.fixed(group.fairness, 3),
                    ]
            },
            alignments: [.left] + Array(repeating: .right, count: 12)
        )
    }

    private static func summary(_ report: SimulationReport) -> TextTable {
        let (all, work) = (report.all, report.work)
        let endings = all.endings.sorted { $0.key < $1.key }.map { "\(Quantity.grouped($0.value)) \($0.key)" }.joined(separator: ", ")
        let busy = report.duration > 0 ? 100 * work.busy / report.duration : 0
        return TextTable(
            rows: [
                [
                    "time",
                    "\(Quantity.fixed(report.duration, 1)) s, computing \(Quantity.fixed(busy, 0)) % of it, \(Quantity.grouped(work.steps)) steps",
                ],
                ["endings", endings],
                ["tokens generated", Quantity.grouped(all.completionTokens)],
                [
                    "prompt tokens",
                    "\(Quantity.grouped(all.promptTokens)): \(Quantity.grouped(work.computedPromptTokens)) computed, "
                        + "\(Quantity.grouped(all.cachedTokens)) cached",
                ],
                [
                    "prefixes",
                    "\(Quantity.grouped(work.copies)) copied, \(Quantity.grouped(work.parks)) parked, \(Quantity.grouped(work.restores)) fetched",
                ],
                ["cache", "\(Quantity.grouped(work.peakCells)) cells at most, another shape \(Quantity.grouped(work.resizes)) times"],
                ["at most", "\(Quantity.grouped(report.peakRunning)) together, \(Quantity.grouped(report.peakQueue)) waiting"],
            ] + (report.unfinished == 0 ? [] : [["never ended", Quantity.grouped(report.unfinished)]])
        )
    }
}
