/// What a scenario found.
struct Findings: Codable, Sendable {
    var rows: [Row]
    var plots: [Plot] = []
    /// When each part of each answer came.
    var loads: [LoadRecord]

    init(rows: [Row], plots: [Plot] = [], loads: [Side: [LoadRecord]] = [:]) {
        self.rows = rows
        self.plots = plots
        self.loads = Side.allCases.flatMap { loads[$0] ?? [] }
    }
}
