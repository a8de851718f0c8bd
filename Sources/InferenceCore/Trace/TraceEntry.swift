/// One request of a trace: what is asked for and when, without a word of it. The format is in `docs/traces.md`.
public struct TraceEntry: Sendable, Hashable {
    /// The largest number of tokens that an entry may name.
    package static let largestCount = 1 << 30

    /// When it comes, from the trace's beginning.
    public var arrival: Duration
    /// Requests of one context are served one after the other.
    public var context: UInt64
    public var prompt: [PromptPiece]
    /// Tokens after which the model ends the answer by itself.
    public var answerTokens: Int
    public var maxTokens: Int
    public var contextSize: Int
    public var priority: RequestPriority
    /// What the request is counted under in a report; nil for the name of its priority.
    public var group: String?
    /// After its arrival.
    public var deadline: Duration?
    /// When it is cancelled, after its arrival.
    public var cancel: Duration?
    /// It comes no sooner than so long after the end of its context's request before it, as the next turn of a conversation does.
    public var pause: Duration?
    public var isStrict: Bool
    /// What came of it, where the trace was recorded.
    public var result: Result?

    /// What came of a recorded request. Times count from its arrival.
    public struct Result: Sendable, Hashable, Codable {
        public var reason: FinishReason
        public var cachedTokens: Int
        /// In seconds; nil if there was none.
        public var firstToken: Double?
        /// In seconds.
        public var end: Double

        public init(reason: FinishReason, cachedTokens: Int, firstToken: Double?, end: Double) {
            self.reason = reason
            self.cachedTokens = cachedTokens
            self.firstToken = firstToken
            self.end = end
        }
    }

    public init(
        arrival: Duration,
        context: UInt64,
        prompt: [PromptPiece],
        answerTokens: Int,
        maxTokens: Int? = nil,
        contextSize: Int = 4_096,
        priority: RequestPriority = .normal,
        group: String? = nil,
        deadline: Duration? = nil,
        cancel: Duration? = nil,
        pause: Duration? = nil,
        isStrict: Bool = false,
        result: Result? = nil
    ) {
        self.arrival = arrival
        self.context = context
        self.prompt = prompt
        self.answerTokens = answerTokens
        self.maxTokens = maxTokens ?? max(1, answerTokens)
        self.contextSize = contextSize
        self.priority = priority
        self.group = group
        self.deadline = deadline
        self.cancel = cancel
        self.pause = pause
        self.isStrict = isStrict
        self.result = result
    }

    public var promptTokens: Int { self.prompt.reduce(0) { $0 + $1.tokens } }
}

extension TraceEntry: Codable {
    private enum Key: String, CodingKey, CaseIterable {
        case at, context, prompt, answer, maxTokens, contextSize, priority, group, deadline, cancel, pause, strict, result
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func seconds(_ key: Key) throws -> Duration? {
            try container.decodeIfPresent(Double.self, forKey: key).map { value in
                try Self.require(0...3e9 ~= value, "must be 0 to 3,000,000,000 seconds and is \(value)", key, container)
                return .seconds(value)
            }
        }
        func count(_ key: Key, from least: Int) throws -> Int? {
            try container.decodeIfPresent(Int.self, forKey: key).map { value in
                let range = least...Self.largestCount
                try Self.require(range ~= value, "must be \(least) to \(Self.largestCount) and is \(value)", key, container)
                return value
            }
        }
        guard let arrival = try seconds(.at) else { throw Self.missing(.at, container) }
        guard let answer = try count(.answer, from: 0) else { throw Self.missing(.answer, container) }
        let prompt = try container.decode([PromptPiece].self, forKey: .prompt)
        try Self.require(!prompt.isEmpty, "must have at least one piece, such as [1, 40]", .prompt, container)
        let (tokens, overflow) = prompt.reduce((0, false)) { sum, piece in
            let (tokens, overflow) = sum.0.addingReportingOverflow(piece.tokens)
            return (tokens, sum.1 || overflow)
        }
        try Self.require(!overflow && tokens <= 1 << 24, "must have no more than \(1 << 24) tokens", .prompt, container)
        self.init(
            arrival: arrival,
            context: try container.decode(UInt64.self, forKey: .context),
            prompt: prompt,
            answerTokens: answer,
            maxTokens: try count(.maxTokens, from: 1),
            contextSize: try count(.contextSize, from: 1) ?? 4_096,
            priority: try Self.priority(container),
            group: try container.decodeIfPresent(String.self, forKey: .group),
            deadline: try seconds(.deadline),
            cancel: try seconds(.cancel),
            pause: try seconds(.pause),
            isStrict: try container.decodeIfPresent(Bool.self, forKey: .strict) ?? false,
            result: try container.decodeIfPresent(Result.self, forKey: .result)
        )
    }

    private static func priority(_ container: KeyedDecodingContainer<Key>) throws -> RequestPriority {
        guard let name = try container.decodeIfPresent(String.self, forKey: .priority) else { return .normal }
        guard let priority = RequestPriority.allCases.first(where: { "\($0)" == name }) else {
            let names = RequestPriority.allCases.map { "\($0)" }.joined(separator: ", ")
            throw DecodingError.dataCorruptedError(forKey: .priority, in: container, debugDescription: "must be one of \(names)")
        }
        return priority
    }

    private static func require(_ holds: Bool, _ what: String, _ key: Key, _ container: KeyedDecodingContainer<Key>) throws {
        guard !holds else { return }
        throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: what)
    }

    private static func missing(_ key: Key, _ container: KeyedDecodingContainer<Key>) -> DecodingError {
        .keyNotFound(key, .init(codingPath: container.codingPath, debugDescription: "is missing"))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.arrival.roundedSeconds, forKey: .at)
        try container.encode(self.context, forKey: .context)
        try container.encode(self.prompt, forKey: .prompt)
        try container.encode(self.answerTokens, forKey: .answer)
        try container.encode(self.maxTokens, forKey: .maxTokens)
        try container.encode(self.contextSize, forKey: .contextSize)
        try container.encode("\(self.priority)", forKey: .priority)
        try container.encodeIfPresent(self.group, forKey: .group)
        try container.encodeIfPresent(self.deadline?.roundedSeconds, forKey: .deadline)
        try container.encodeIfPresent(self.cancel?.roundedSeconds, forKey: .cancel)
        try container.encodeIfPresent(self.pause?.roundedSeconds, forKey: .pause)
        if self.isStrict { try container.encode(true, forKey: .strict) }
        try container.encodeIfPresent(self.result, forKey: .result)
    }
}

extension Duration {
    /// To the microsecond: a file needs no more.
    var roundedSeconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double((attoseconds + 500_000_000_000) / 1_000_000_000_000) / 1e6
    }
}
