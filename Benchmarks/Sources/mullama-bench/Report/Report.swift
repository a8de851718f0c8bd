import Foundation

/// The page that shows what was measured last, the figures behind it, and its plots.
///
/// A page may begin with text of people; only what follows ``MarkdownPage/start`` is written anew.
struct Report {
    private let page: URL
    private let assets: URL
    private let name: String

    /// - Parameter folder: Where `benchmarks.md` lies.
    init(folder: URL, model: String) {
        self.page = folder.appending(path: "benchmarks.md")
        self.assets = folder.appending(path: "benchmarks")
        self.name = String(model.split(separator: "/").last ?? "model").replacing(":", with: "-")
    }

    /// Puts records in the place of the older ones of their scenarios. Those that were measured under other conditions go.
    func add(_ records: [Record]) throws {
        guard let conditions = records.first?.conditions else { return }
        try FileManager.default.createDirectory(at: self.assets, withIntermediateDirectories: true)
        let file = self.assets.appending(path: "\(self.name).json")
        var kept: [Record] = []
        if let data = try? Data(contentsOf: file) {
            kept = try JSONDecoder().decode([Record].self, from: data).filter { $0.conditions == conditions }
        }
        kept.removeAll { old in records.contains { $0.scenario == old.scenario } }
        kept += records.map(\.summary)
        let order = ScenarioName.allCases.map(\.rawValue)
        kept.sort { (order.firstIndex(of: $0.scenario) ?? order.count) < (order.firstIndex(of: $1.scenario) ?? order.count) }
        try Record.encoder.encode(kept).write(to: file)
        for plot in kept.flatMap(\.findings.plots) {
            let path = "\(self.name)-\(plot.name).svg"
            try Data(PlotDrawing(plot).svg.utf8).write(to: self.assets.appending(path: path))
        }
        try self.writePage()
    }

    private func writePage() throws {
        let files = try FileManager.default.contentsOfDirectory(at: self.assets, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let sections = try files.map { file in
            let records = try JSONDecoder().decode([Record].self, from: Data(contentsOf: file))
            return MarkdownPage.section(records, plots: "benchmarks/\(file.deletingPathExtension().lastPathComponent)")
        }
        let old = (try? String(contentsOf: self.page, encoding: .utf8)) ?? "# Benchmarks\n\n"
        try Data(MarkdownPage.replacing(old, sections: sections).utf8).write(to: self.page)
    }
}

extension Record {
    /// Without the times of single tokens, and of many values the smallest, the median and the largest.
    fileprivate var summary: Record {
        var record = self
        record.findings.loads = []
        for row in record.findings.rows.indices {
            for figure in record.findings.rows[row].figures.indices {
                let spread = Spread(record.findings.rows[row].figures[figure].values)
                guard spread.values.count > 64 else { continue }
                record.findings.rows[row].figures[figure].values = [spread.values[0], spread.median, spread.largest]
            }
            for check in record.findings.rows[row].checks.indices {
                let spread = Spread(record.findings.rows[row].checks[check].values)
                guard spread.values.count > 64 else { continue }
                record.findings.rows[row].checks[check].values = [spread.values[0], spread.median, spread.largest]
            }
        }
        return record
    }
}
