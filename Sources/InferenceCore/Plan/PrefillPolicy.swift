/// How many prompt tokens a step may compute. The one place to change for another trade between throughput and stalls.
public struct PrefillPolicy: Sendable {
    /// Every so many steps with prompts, the prompt that has waited longest goes first, however long it is.
    static let turnsPerFairTurn = 8

    /// The longest that a sequence which is generating should wait for the prompts of others.
    public var maxStall: Duration
    /// The largest chunk: beyond it throughput no longer grows.
    public var largestChunk: Int
    /// The chunk when nobody is generating: close to full speed, and short enough that a cancel or a new request is soon noticed.
    public var loneChunk: Int

    public init(maxStall: Duration = .milliseconds(100), largestChunk: Int = 256, loneChunk: Int = 64) {
        self.maxStall = maxStall
        self.largestChunk = largestChunk
        self.loneChunk = loneChunk
    }

    /// Prompt tokens for the next step, in whole blocks, never less than one so that every prompt moves on.
    public func budget(besideDecode: Bool, cost: StepCostModel) -> Int {
        let fitting = cost.prefillTokens(within: self.maxStall, besideDecode: besideDecode)
        let wanted = besideDecode ? fitting ?? PrefillBlocks.size : max(fitting ?? 0, self.loneChunk)
        return max(PrefillBlocks.size, PrefillBlocks.floor(min(wanted, self.largestChunk)))
    }
}
