/// How far a request with a slot is.
public struct SequenceProgress: Sendable, Hashable {
    public var request: RequestID
    public var isPrefilling: Bool
    /// Whether it waits for its reader.
    public var isPaused: Bool
    /// Tokens of the prompt that stand in the cache.
    public var prefilled: Int
    public var completionTokens: Int
    /// When its last token was chosen.
    public var lastToken: Duration?
}
