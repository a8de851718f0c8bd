public import InferenceCore

/// A whole answer.
public struct Generation: Sendable {
    public var text: String
    public var tokens: [Token]
    public var finishReason: FinishReason
    public var usage: Usage
    public var timings: Timings
    /// The seed that the random choices were made with: with it, the same call gives this answer again.
    public var seed: UInt64
    /// How likely the model found the tokens, one for each; empty unless ``GenerationOptions/logprobs`` asks for them.
    public var logprobs: [TokenLogprob] = []
    /// How likely the model found the prompt's tokens, one for each, nil for the first, which follows nothing; empty unless
    /// ``GenerationOptions/promptLogprobs`` asks for them.
    public var promptLogprobs: [TokenLogprob?] = []
}
