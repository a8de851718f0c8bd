public import InferenceCore

/// A generation that has ended.
public struct GenerationRecord: Sendable {
    /// Its number among the calls of its model, in the order in which they were made.
    public var id: UInt64
    public var finishReason: FinishReason
    /// What failed, if the reason is `failed`.
    public var errorCode: MullamaError.Code?
    public var usage: Usage
    /// Why not all whole blocks of the prompt were found computed; nil if they were, or if the prompt was never begun.
    public var cacheMiss: CacheMiss?
    public var timings: Timings
    /// After a cancel or a deadline: from that moment until its slot could be used by another request.
    public var cancelLatency: Duration?
    /// What it waited for.
    public var delays = GenerationDelays()
}
