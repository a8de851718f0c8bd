/// Where the time of a generation went. The three parts follow one another, so that `queued + prefill` is the time to first
/// token (TTFT), counted from the moment the engine was handed the request.
public struct Timings: Sendable, Hashable {
    /// From submission to the first step that worked on the request.
    public var queued: Duration
    /// From there to the first generated token.
    public var prefill: Duration
    /// From the first generated token to the last.
    public var decode: Duration
    /// How long of this another call had its slot.
    public var suspended: Duration

    public init(queued: Duration = .zero, prefill: Duration = .zero, decode: Duration = .zero, suspended: Duration = .zero) {
        self.queued = queued
        self.prefill = prefill
        self.decode = decode
        self.suspended = suspended
    }

    public var timeToFirstToken: Duration { self.queued + self.prefill }
    public var total: Duration { self.queued + self.prefill + self.decode }
}
