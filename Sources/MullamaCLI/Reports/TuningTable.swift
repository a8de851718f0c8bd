import Mullama

/// What a calibration has measured and chosen.
struct TuningTable: Encodable {
    let report: TuningReport
    let isRemembered: Bool

    init(_ report: TuningReport, isRemembered: Bool) {
        self.report = report
        self.isRemembered = isRemembered
    }

    var text: String {
        let load = self.report.workload
        let table = TextTable(
            header: [
                "tokens per second", "prompt", "deep prompt", "1 stream", "\(load.streams) streams", "deep", "speed", "memory", "answers",
            ],
            rows: self.report.measurements.map(Self.row),
            alignments: [.left] + [TextTable.Alignment](repeating: .right, count: 7)
        )
        var lines = [
            "\(self.report.model) on \(self.report.processor), \(self.report.cores) cores; a prompt of \(load.prompt) tokens, deep behind "
                + "\(Quantity.grouped(load.depth))",
            "",
        ]
        lines += table.lines
        lines += [
            "",
            "speed: over all figures, against the defaults just before or after. answers: equal if they are to the bit, alone and beside others, "
                + "and those of the defaults.",
        ]
        if !self.report.unmeasured.isEmpty {
            lines.append("not measured, for want of time: \(self.report.unmeasured.joined(separator: ", ")); give more --time")
        }
        let choice = self.report.choice
        lines += ["", "choice: \(choice.name) (\(choice.settings))", "reason: \(choice.reason)"]
        lines.append(
            self.isRemembered
                ? "Remembered for this model and machine; `mullama tune --forget \(self.report.model)` takes it back."
                : "Not remembered (--dry-run)."
        )
        return lines.map { $0 + "\n" }.joined()
    }

    private static func row(_ measurement: TuningMeasurement) -> [String] {
        let figures = measurement.figures
        let answers =
            switch (measurement.keepsAnswers, measurement.sameAnswers) {
            case (true, true): "equal"
            case (true, false): "others than the defaults'"
            case (false, _): "depend on load"
            }
        return [
            measurement.candidate.name + (measurement.candidate.isChoosable ? "" : " (shown only)"),
            Self.rate(figures.prefill),
            Self.rate(figures.deepPrefill),
            Self.rate(figures.decode),
            Self.rate(figures.streams),
            Self.rate(figures.deepDecode),
            Quantity.fixed(measurement.speed, 2),
            ByteCount(measurement.memory).description,
            answers,
        ]
    }

    private static func rate(_ value: Double) -> String { Quantity.fixed(value, value < 9.95 ? 1 : 0) }

    private enum CodingKeys: CodingKey {
        case report, isRemembered
    }

    /// The report's fields, with one more.
    func encode(to encoder: any Encoder) throws {
        try self.report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.isRemembered, forKey: .isRemembered)
    }
}
