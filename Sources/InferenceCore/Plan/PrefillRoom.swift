/// What a step still has room for while its prefill chunks are chosen.
struct PrefillRoom: Sendable {
    private let cost: StepCostModel
    private let blocks: PrefillBlocks
    /// What is left of the longest stall beside those who generate.
    private var seconds: Double
    /// What prompts may still take of the step, whatever the others take.
    private var stall: Double
    /// What is left of the largest chunk.
    private var tokens: Int
    /// What is given however long it takes.
    private var assured: Int

    init(
        _ policy: PrefillPolicy,
        cost: StepCostModel,
        blocks: PrefillBlocks = .standard,
        decodeDepths: [Int],
        movedTokens: Int = 0
    ) {
        self.cost = cost
        self.blocks = blocks
        // As long as a decode batch was not measured, there is no telling what it leaves.
        let decoding = cost.secondsToDecode(depths: decodeDepths)
        let stall = decoding == nil ? 0 : policy.maxStall.seconds - (cost.secondsToMove(movedTokens) ?? 0)
        self.stall = stall
        self.seconds = stall - (decoding ?? 0)
        self.tokens = max(PrefillBlocks.size, policy.largestChunk)
        self.assured = decodeDepths.isEmpty ? max(PrefillBlocks.size, min(policy.loneChunk, policy.largestChunk)) : Self.least(blocks)
    }

    /// Few tokens at a time cost nearly as much as some more, and a prompt must move on.
    private static func least(_ blocks: PrefillBlocks) -> Int {
        max(blocks.least, PrefillBlocks.size / 2)
    }

    /// Gives a prompt that is computed within the longest stall all of it, whatever those who generate take of the step: in parts it would hold them
    /// up as long, and wait for their tokens in between.
    mutating func widen(for tokens: Int, after depth: Int) {
        guard let needed = self.cost.secondsToPrefill(tokens, after: depth), needed <= self.stall else { return }
        self.seconds = max(self.seconds, needed)
    }

    /// How many tokens of a prompt fit into a chunk that is not its last: a multiple of the blocks' `cut`, and nought rather than fewer than `least`.
    ///
    /// - Parameter depth: How many tokens of the prompt come before them.
    func tokens(after depth: Int) -> Int {
        var fitting = self.assured / self.blocks.cut * self.blocks.cut
        if fitting < self.blocks.least { fitting = 0 }
        var next = max(fitting + self.blocks.cut, self.blocks.least)
        while next <= self.tokens, self.fits(next, after: depth) {
            fitting = next
            next += self.blocks.cut
        }
        return fitting
    }

    /// Whether a chunk of any size fits: a prompt's last need not be whole blocks.
    func fits(_ tokens: Int, after depth: Int) -> Bool {
        if tokens <= self.assured { return true }
        guard tokens <= self.tokens, let needed = self.cost.secondsToPrefill(tokens, after: depth) else { return false }
        return needed <= self.seconds
    }

    mutating func take(_ chunk: StepPlan.PrefillChunk) {
        let needed = self.cost.secondsToPrefill(chunk.tokens.count, after: chunk.position) ?? 0
        self.seconds -= needed
        self.stall -= needed
        self.tokens -= chunk.tokens.count
        self.assured = max(0, self.assured - chunk.tokens.count)
    }
}
