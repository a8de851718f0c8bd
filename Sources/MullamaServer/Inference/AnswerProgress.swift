import Mullama

/// Where an answer is that has not begun.
struct AnswerProgress: Sendable, Hashable {
    /// Counts through all prompts of the request and their choices.
    var answer: Int
    var phase: GenerationPhase
    /// How many would start before it if nobody else came; nil when it does not wait.
    var queuePosition: Int?
    /// Tokens of the prompt; 0 until they are known.
    var promptTokens: Int
    /// Tokens of the prompt that stand in the KV cache, found there or computed.
    var prefilledTokens: Int

    /// Nil if the answer has begun.
    init?(_ status: GenerationStatus, answer: Int) {
        guard status.phase != .decode, status.completionTokens == 0 else { return nil }
        self.answer = answer
        self.phase = status.phase
        self.queuePosition = status.queuePosition
        self.promptTokens = status.promptTokens
        self.prefilledTokens = status.prefilledTokens
    }
}
