import Foundation

/// What one scenario found, and where.
struct Record: Codable, Sendable {
    var scenario: String
    var conditions: Conditions
    var date: String
    var findings: Findings
    var disturbance: Disturbance?

    init(_ scenario: ScenarioName, _ conditions: Conditions, _ findings: Findings, _ disturbance: Disturbance?) {
        self.scenario = scenario.rawValue
        self.conditions = conditions
        self.date = String(Date.now.formatted(.iso8601).prefix(10))
        self.findings = findings
        self.disturbance = disturbance
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return encoder
    }
}
