/// Something to measure.
protocol Scenario: Sendable {
    var summary: String { get }
    func run(_ setup: BenchSetup) async throws -> Findings
}
