/// One line of the table: a figure of each side, and what it has to be.
struct Row: Codable, Sendable {
    struct Figure: Codable, Sendable {
        var side: Side
        /// One value for each run.
        var values: [Double]
    }

    struct Check: Codable, Sendable {
        /// What the values are: "Mullama / llama-server".
        var what: String
        var unit: String
        var values: [Double]
        var bar: Bar

        var isMet: Bool { self.bar.isMet(by: Spread(self.values).median) }
    }

    var what: String
    var unit: String
    var figures: [Figure]
    var checks: [Check] = []

    init(_ what: String, unit: String, _ figures: [Side: [Double]], checks: [Check] = []) {
        self.what = what
        self.unit = unit
        self.figures = Side.allCases.compactMap { side in figures[side].map { Figure(side: side, values: $0) } }
        self.checks = checks
    }

    /// A figure of ours alone.
    init(_ what: String, unit: String, ours: [Double], bar: Bar? = nil) {
        self.init(what, unit: unit, [.ours: ours])
        if let bar { self.mustBe(bar) }
    }

    /// A figure of one side alone.
    init(_ what: String, unit: String, _ figures: [Side: [Double]], bar: Bar) {
        self.init(what, unit: unit, figures)
        for side in figures.keys { self.mustBe(bar, of: side) }
    }

    func values(of side: Side) -> [Double]? { self.figures.first { $0.side == side }?.values }

    /// Our own figure is held against a bar.
    mutating func mustBe(_ bar: Bar, of side: Side = .ours) {
        guard let values = self.values(of: side) else { return }
        self.checks.append(Check(what: side.name, unit: self.unit, values: values, bar: bar))
    }

    /// The ratio of our figure to another's is, run by run.
    mutating func ratio(of side: Side = .ours, to other: Side, mustBe bar: Bar) {
        guard let ours = self.values(of: side), let theirs = self.values(of: other) else { return }
        self.checks.append(
            Check(what: "\(side.name) / \(other.name)", unit: "×", values: zip(ours, theirs).map { $0 / $1 }, bar: bar)
        )
    }
}

extension Row: CustomStringConvertible {
    var description: String {
        var lines = ["\(self.what), \(self.unit)"]
        for figure in self.figures { lines.append("    \(figure.side.name): \(Spread(figure.values))") }
        for check in self.checks {
            lines.append("    → \(check.what): \(Spread(check.values)) \(check.unit), bar \(check.bar): \(check.isMet ? "met" : "NOT MET")")
        }
        return lines.joined(separator: "\n")
    }
}
