/// What a step still has room for while its prefill chunks are chosen.
struct PrefillRoom: Sendable {
    private let cost: StepCostModel
    /// What is left of the longest stall.
    private var seconds: Double
    /// What is left of the largest chunk.
    private var tokens: Int
    /// What is given however long it takes.
    private var assured: Int

    init(_ policy: PrefillPolicy, cost: StepCostModel, decodeDepths: [Int], movedTokens: Int = 0) {
        self.cost = cost
        // As long as a decode batch was not measured, there is no telling what it leaves.
        let taken = cost.secondsToDecode(depths: decodeDepths).map { $0 + (cost.secondsToMove(movedTokens) ?? 0) }
        self.seconds = taken.map { policy.maxStall.seconds - $0 } ?? 0
        self.tokens = max(PrefillBlocks.size, policy.largestChunk)
        self.assured = max(PrefillBlocks.size, decodeDepths.isEmpty ? min(policy.loneChunk, policy.largestChunk) : 0)
    }

    /// How many tokens of a prompt fit, in whole blocks.
    ///
    /// - Parameter depth: How many tokens of the prompt come before them.
    func tokens(after depth: Int) -> Int {
        var fitting = PrefillBlocks.floor(self.assured)
        while fitting + PrefillBlocks.size <= self.tokens, self.fits(fitting + PrefillBlocks.size, after: depth) {
            fitting += PrefillBlocks.size
        }
        return fitting
    }

    /// Whether a chunk of any size fits: the end of a prompt is no whole number of blocks.
    func fits(_ tokens: Int, after depth: Int) -> Bool {
        if tokens <= self.assured { return true }
        guard tokens <= self.tokens, let needed = self.cost.secondsToPrefill(tokens, after: depth) else { return false }
        return needed <= self.seconds
    }

    mutating func take(_ chunk: StepPlan.PrefillChunk) {
        self.seconds -= self.cost.secondsToPrefill(chunk.tokens.count, after: chunk.position) ?? 0
        self.tokens -= chunk.tokens.count
        self.assured = max(0, self.assured - chunk.tokens.count)
    }
}
