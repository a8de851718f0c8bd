import ChatTemplates

/// A request that a daemon has in hand.
struct RunningRequest: Encodable {
    let id: String
    let model: String?
    let phase: String
    /// How many come before it.
    let queuePosition: Int?
    let promptTokens: Int
    let completionTokens: Int
    /// In seconds.
    let age: Double

    /// Reads what `/requests` answers. What is no request in it is left out.
    static func list(_ value: TemplateValue) -> [RunningRequest] {
        guard case .dictionary(let fields) = value, case .list(let items)? = fields["requests"] else { return [] }
        return items.compactMap { item in
            if case .dictionary(let fields) = item { RunningRequest(fields) } else { nil }
        }
    }

    private init?(_ fields: TemplateDictionary) {
        func text(_ name: String) -> String? { if case .string(let text)? = fields[name] { text } else { nil } }
        func number(_ name: String) -> Double? {
            switch fields[name] {
            case .integer(let value)?: Double(value)
            case .double(let value)?: value
            default: nil
            }
        }
        guard let id = text("id"), let phase = text("phase") else { return nil }
        self.id = id
        self.phase = phase
        self.model = text("model")
        self.queuePosition = number("queue_position").map { Int($0) }
        self.promptTokens = Int(number("prompt_tokens") ?? 0)
        self.completionTokens = Int(number("completion_tokens") ?? 0)
        self.age = (number("age_ms") ?? 0) / 1000
    }

    static func table(_ requests: [RunningRequest]) -> TextTable {
        TextTable(
            header: ["REQUEST", "MODEL", "PHASE", "PROMPT", "ANSWER", "AGE"],
            rows: requests.map { request in
                let place = request.queuePosition.map { " (\($0) before it)" } ?? ""
                return [
                    request.id, request.model ?? "-", request.phase + place, Quantity.grouped(request.promptTokens),
                    Quantity.grouped(request.completionTokens), "\(Quantity.fixed(request.age, 1)) s",
                ]
            },
            alignments: [.left, .left, .left, .right, .right, .right]
        )
    }
}
