/// What a generation consumed, in tokens.
public struct Usage: Sendable, Hashable, Codable {
    /// Tokens of the prompt.
    public var promptTokens: Int
    /// Those of `promptTokens` that were found computed in the KV cache.
    public var cachedTokens: Int
    /// Tokens generated, the closing end-of-generation token not counted.
    public var completionTokens: Int
    /// Tokens forgotten to make room under ``OverflowPolicy/shift``.
    public var droppedTokens: Int

    public init(promptTokens: Int = 0, cachedTokens: Int = 0, completionTokens: Int = 0, droppedTokens: Int = 0) {
        self.promptTokens = promptTokens
        self.cachedTokens = cachedTokens
        self.completionTokens = completionTokens
        self.droppedTokens = droppedTokens
    }

    /// Prompt and completion together.
    public var totalTokens: Int { self.promptTokens + self.completionTokens }
}
