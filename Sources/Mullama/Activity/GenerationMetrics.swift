public import InferenceCore

/// What has been generated so far, counted.
public struct GenerationMetrics: Sendable, Hashable {
    /// Calls that were made.
    public var started = 0
    /// Calls that have ended, by reason. What is missing from ``started`` is on its way.
    public var finished: [FinishReason: Int] = [:]
    /// Tokens of the prompts of all ended calls, those that were found computed among them, and tokens generated.
    public var usage = Usage()
    /// From the call to its first step.
    public var queueTime = LatencySummary.none
    /// From the call to its first token (TTFT).
    public var timeToFirstToken = LatencySummary.none
    /// From one token of an answer to the next.
    public var interTokenLatency = LatencySummary.none
    /// From the call to its end, of answers that came to one.
    public var duration = LatencySummary.none
    /// From a cancel, a dropped stream or a deadline until the slot could be used by another request.
    public var cancelLatency = LatencySummary.none
    /// How often the engine was started anew after a fault of the C library.
    public var engineRestarts = 0

    /// Calls that are on their way.
    public var running: Int { self.started - self.finished.values.reduce(0, +) }
}
