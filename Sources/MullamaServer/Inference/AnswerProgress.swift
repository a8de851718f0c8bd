import Mullama

/// Where an answer is that has not begun.
struct AnswerProgress: Sendable, Hashable {
    /// Counts through all prompts of the request and their choices.
    var answer: Int
    var phase: GenerationPhase
    /// How many would start before it if nobody else came; nil when it does not wait.
    var queuePosition: Int?
    /// Tokens of the prompt.
    var promptTokens: Int
    /// Tokens of the prompt that stand in the KV cache, found there or computed.
    var prefilledTokens: Int

    /// - Parameters:
    ///   - status: Of an answer that was accepted. Nobody but the engine changes it, so it may be as old as the engine's present step is.
    ///   - promptTokens: Of its prompt.
    /// - Returns: Nil if the answer has begun.
    init?(_ status: GenerationStatus, answer: Int, promptTokens: Int) {
        guard status.phase != .decode, status.completionTokens == 0 else { return nil }
        self.answer = answer
        // Its prompt had to be tokens before it was accepted.
        self.phase = status.phase == .tokenizing ? .queued : status.phase
        self.queuePosition = status.queuePosition
        self.promptTokens = promptTokens
        self.prefilledTokens = status.prefilledTokens
    }
}
