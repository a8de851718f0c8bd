public import InferenceCore

/// A part of an answer, as it comes.
public struct GenerationChunk: Sendable, Hashable {
    /// The text that this part adds: whole characters, and nothing of a stop string.
    public var text: String
    /// The tokens whose text ends here.
    public var tokens: [Token]

    /// How likely the model found the tokens, one for each; empty unless ``GenerationOptions/logprobs`` asks for them.
    public var logprobs: [TokenLogprob]

    public init(text: String, tokens: [Token], logprobs: [TokenLogprob] = []) {
        self.text = text
        self.tokens = tokens
        self.logprobs = logprobs
    }
}
