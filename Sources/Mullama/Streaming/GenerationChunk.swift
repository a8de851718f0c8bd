public import InferenceCore

/// A part of an answer, as it comes.
public struct GenerationChunk: Sendable, Hashable {
    /// The text that this part adds: whole characters, and nothing of a stop string.
    public var text: String
    /// The tokens whose text ends here.
    public var tokens: [Token]

    public init(text: String, tokens: [Token]) {
        self.text = text
        self.tokens = tokens
    }
}
