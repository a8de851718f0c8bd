import InferenceCore

/// What the requests of one group got.
public struct GroupReport: Sendable, Hashable {
    /// What one context got: the tokens of its answers, and the time that it waited for them.
    struct Service: Sendable, Hashable {
        var tokens = 0
        var seconds = 0.0
    }

    public let name: String
    public internal(set) var requests = 0
    /// How many ended for which reason; a fault counts under its code.
    public internal(set) var endings: [String: Int] = [:]
    public internal(set) var promptTokens = 0
    /// Those of `promptTokens` that had been computed before.
    public internal(set) var cachedTokens = 0
    public internal(set) var completionTokens = 0
    /// From arrival to the first step that worked on a request, those included that never saw one.
    public internal(set) var queued = DurationHistogram()
    /// From arrival to the first token.
    public internal(set) var firstToken = DurationHistogram()
    /// Between two tokens of an answer.
    public internal(set) var gaps = DurationHistogram()
    /// From arrival to the end of those that ended with `stop` or `length`.
    public internal(set) var total = DurationHistogram()
    var contexts: [UInt64: Service] = [:]

    init(name: String) {
        self.name = name
    }

    /// Jain's index of how fast contexts get their answers, in tokens a second of waiting: 1 if all are as fast, 1/n if one of n gets all.
    public var fairness: Double {
        let speeds = self.contexts.values.filter { $0.seconds > 0 }.map { Double($0.tokens) / $0.seconds }.sorted()
        let squares = speeds.reduce(0) { $0 + $1 * $1 }
        guard squares > 0 else { return 1 }
        let sum = speeds.reduce(0, +)
        return sum * sum / (Double(speeds.count) * squares)
    }
}

extension GroupReport: Encodable {
    private enum Key: String, CodingKey {
        case name, requests, endings, promptTokens, cachedTokens, completionTokens, queued, firstToken, gaps, total, fairness
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.requests, forKey: .requests)
        try container.encode(self.endings, forKey: .endings)
        try container.encode(self.promptTokens, forKey: .promptTokens)
        try container.encode(self.cachedTokens, forKey: .cachedTokens)
        try container.encode(self.completionTokens, forKey: .completionTokens)
        try container.encode(self.queued, forKey: .queued)
        try container.encode(self.firstToken, forKey: .firstToken)
        try container.encode(self.gaps, forKey: .gaps)
        try container.encode(self.total, forKey: .total)
        try container.encode(self.fairness, forKey: .fairness)
    }
}
