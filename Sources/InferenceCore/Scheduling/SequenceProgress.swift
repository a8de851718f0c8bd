/// How far a request is that has begun.
public struct SequenceProgress: Sendable, Hashable {
    public var request: RequestID
    public var isPrefilling: Bool
    /// Whether it waits for its reader.
    public var isPaused: Bool
    /// Whether it had to give its slot to a request of a higher class, and waits to go on.
    public var isSuspended: Bool
    /// How long it did so before.
    public var suspendedTime: Duration
    /// Since when it does; nil if it does not.
    public var suspendedSince: Duration?
    /// Tokens of the prompt that stand in the cache.
    public var prefilled: Int
    public var completionTokens: Int
    /// When its last token was chosen.
    public var lastToken: Duration?
}
