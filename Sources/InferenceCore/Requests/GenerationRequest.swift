/// What was asked for, as far as scheduling is concerned. How tokens are chosen is the backend's affair.
public struct GenerationRequest: Sendable, Hashable {
    public var id: RequestID
    public var context: ContextID
    public var prompt: [Token]
    /// The most tokens to generate; at least 1, or 0 if the prompt alone is to be scored.
    public var maxTokens: Int
    /// The most tokens of prompt and completion together that may be in the cache at once.
    public var contextSize: Int
    public var stopSequences: [String]
    public var overflow: OverflowPolicy
    public var priority: RequestPriority
    /// When the request ends with ``FinishReason/deadline``, on the clock that `now` comes from.
    public var deadline: Duration?
    /// Whether what it computes serves its own context alone, and what others computed does not serve it.
    public var isStrict: Bool
    /// Whether it is told how likely each token of the prompt is. Then all of the prompt is computed, whatever is there of it.
    public var scoresPrompt: Bool

    public init(
        id: RequestID,
        context: ContextID,
        prompt: [Token],
        maxTokens: Int,
        contextSize: Int,
        stopSequences: [String] = [],
        overflow: OverflowPolicy = .stop,
        priority: RequestPriority = .normal,
        deadline: Duration? = nil,
        isStrict: Bool = false,
        scoresPrompt: Bool = false
    ) {
        self.id = id
        self.context = context
        self.prompt = prompt
        self.maxTokens = maxTokens
        self.contextSize = contextSize
        self.stopSequences = stopSequences
        self.overflow = overflow
        self.priority = priority
        self.deadline = deadline
        self.isStrict = isStrict
        self.scoresPrompt = scoresPrompt
    }

    /// Cells of the KV cache that the request may fill.
    var cellsNeeded: Int {
        let (wanted, overflow) = self.prompt.count.addingReportingOverflow(self.maxTokens)
        return overflow ? self.contextSize : min(wanted, self.contextSize)
    }
}
