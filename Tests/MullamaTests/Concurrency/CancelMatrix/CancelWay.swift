/// What ends a call, or might be thought to.
enum CancelWay: String, CaseIterable, Sendable {
    case task
    case token
    case timeout
    case deadline
    /// The stream is let go of unread.
    case dropped
    /// The reader leaves its loop.
    case earlyBreak
    /// A context is a handle on the model: that it goes away ends nothing.
    case contextGone
    /// Closing a model serves the calls that were made, and refuses later ones.
    case modelClosed

    /// Whether the call goes on to its end.
    var isHarmless: Bool { self == .contextGone || self == .modelClosed }
}
