/// The measured part of `benchmarks.md`.
enum MarkdownPage {
    /// What is above this line is nobody's but its author's.
    static let start = "<!-- Written by make bench from here on. -->"

    static func replacing(_ page: String, sections: [String]) -> String {
        let kept = page.firstRange(of: self.start).map { String(page[..<$0.lowerBound]) } ?? page + "\n"
        return kept + self.start + "\n\n" + sections.joined(separator: "\n")
    }

    /// All that was measured with one model.
    static func section(_ records: [Record], plots: String) -> String {
        guard let conditions = records.first?.conditions else { return "" }
        let dates = records.map(\.date).sorted()
        let rows = records.flatMap(\.findings.rows)
        let compared = rows.filter { $0.values(of: .server) != nil }
        let alone = rows.filter { $0.values(of: .server) == nil }
        var text = "## \(conditions.model)\n\n"
        text += "\(conditions.machine), \(conditions.cores) cores, \(conditions.threads) threads, llama.cpp \(conditions.llama), "
        text += dates.first == dates.last ? "\(dates.last ?? ""). " : "\(dates.first ?? "") to \(dates.last ?? ""). "
        text += "Each figure is a median, with the smallest and the largest in brackets; ratios are taken run by run.\n"
        if !compared.isEmpty {
            text += "\nllama-server `\(conditions.serverFlags)`; its best flags: also `\(conditions.tunedFlags)`.\n\n"
            text += self.table(compared, sides: [.server, .tunedServer, .ours])
        }
        if !alone.isEmpty { text += "\n" + self.table(alone, sides: [.ours]) }
        for record in records where record.disturbance?.matters == true {
            text += "\n`\(record.scenario)` was disturbed: \(record.disturbance?.description ?? "").\n"
        }
        for plot in records.flatMap(\.findings.plots) { text += "\n![\(plot.title)](\(plots)-\(plot.name).svg)\n" }
        return text
    }

    private static func table(_ rows: [Row], sides: [Side]) -> String {
        let heads = ["what", "unit"] + sides.map(\.name) + ["ratio", "bar", "met"]
        var lines = [self.line(heads), self.line(heads.map { _ in "---" })]
        for row in rows {
            var cells = [row.what, row.unit] + sides.map { side in row.values(of: side).map { Spread($0).description } ?? "" }
            // Sides that have no column of their own stand beside ours.
            for figure in row.figures where !sides.contains(figure.side) {
                cells[cells.count - 1] += "<br>\(figure.side.name): \(Spread(figure.values))"
            }
            guard let first = row.checks.first else {
                lines.append(self.line(cells + ["", "", ""]))
                continue
            }
            lines.append(self.line(cells + self.cells(first)))
            for check in row.checks.dropFirst() {
                lines.append(self.line(cells.map { _ in "" } + self.cells(check)))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cells(_ check: Row.Check) -> [String] {
        // Our own figure stands in its column already.
        let value = check.unit == "×" && check.what.contains("/") ? "\(check.what): \(Spread(check.values))" : ""
        return [value, "\(check.bar) \(check.unit)", check.isMet ? "yes" : "**no**"]
    }

    private static func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
