public import InferenceCore

/// A generation that is on its way.
public struct GenerationStatus: Sendable, Hashable {
    /// Its number among the calls of its model, in the order in which they were made.
    public var id: UInt64
    public var phase: GenerationPhase
    public var priority: RequestPriority
    /// How long ago the call was made.
    public var age: Duration
    /// How many would start before it if nobody else came; nil when it does not wait.
    public var queuePosition: Int?
    /// About how long it is until it starts, going by how long others took lately; nil when it does not wait, or nothing has ended yet.
    public var estimatedWait: Duration?
    /// Whether it pauses until its reader has caught up.
    public var isPaused: Bool
    /// Tokens of the prompt; 0 until they are known.
    public var promptTokens: Int
    /// Tokens of the prompt that stand in the KV cache, found there or computed.
    public var prefilledTokens: Int
    /// Tokens generated so far.
    public var completionTokens: Int
    /// What it has waited for so far.
    public var delays = GenerationDelays()

    package init(
        id: UInt64,
        phase: GenerationPhase,
        priority: RequestPriority,
        age: Duration,
        queuePosition: Int? = nil,
        estimatedWait: Duration? = nil,
        isPaused: Bool,
        promptTokens: Int,
        prefilledTokens: Int,
        completionTokens: Int,
        delays: GenerationDelays = GenerationDelays()
    ) {
        self.id = id
        self.phase = phase
        self.priority = priority
        self.age = age
        self.queuePosition = queuePosition
        self.estimatedWait = estimatedWait
        self.isPaused = isPaused
        self.promptTokens = promptTokens
        self.prefilledTokens = prefilledTokens
        self.completionTokens = completionTokens
        self.delays = delays
    }
}
