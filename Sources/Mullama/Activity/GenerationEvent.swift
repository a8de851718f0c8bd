/// What a generation does, told as it happens. Times are measured from the call.
package enum GenerationEvent: Sendable {
    /// The first token of the answer is there.
    case firstToken(after: Duration)
    /// One more token is there, this long after the one before.
    case nextToken(after: Duration)
    /// It is over, whatever the reason.
    case ended(GenerationRecord, after: Duration)
}
