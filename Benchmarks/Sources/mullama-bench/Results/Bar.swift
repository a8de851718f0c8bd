/// What a figure has to be.
struct Bar: Codable, Sendable, Hashable, CustomStringConvertible {
    enum Relation: String, Codable {
        case atLeast = "≥"
        case atMost = "≤"
        case below = "<"
    }

    var relation: Relation
    var limit: Double

    static func atLeast(_ limit: Double) -> Bar { Bar(relation: .atLeast, limit: limit) }
    static func atMost(_ limit: Double) -> Bar { Bar(relation: .atMost, limit: limit) }
    static func below(_ limit: Double) -> Bar { Bar(relation: .below, limit: limit) }

    func isMet(by value: Double) -> Bool {
        switch self.relation {
        case .atLeast: value >= self.limit
        case .atMost: value <= self.limit
        case .below: value < self.limit
        }
    }

    var description: String { "\(self.relation.rawValue) \(Spread.text(self.limit))" }
}
