/// What a generation does, told as it happens. Times are measured from the call, and have in them what its caller had waited before
/// (``GenerationOptions/waited``).
package enum GenerationEvent: Sendable {
    /// The first token of the answer is there.
    case firstToken(after: Duration)
    /// One more token is there, this long after the one before.
    case nextToken(after: Duration)
    /// It is over, whatever the reason. It was queued until the first step that computed for it; all the time if there was none.
    case ended(GenerationRecord, queued: Duration, after: Duration)
}
