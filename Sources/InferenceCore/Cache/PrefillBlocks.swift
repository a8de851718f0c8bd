/// Where a prompt may be cut, and how much of it serves other prompts, so that neither changes a bit of the result.
///
/// Kernels for few rows differ in rounding from those for many, and rows that are no whole group for a kernel may be computed by another one. What
/// holds everywhere that was measured is ``standard``; a check finds where more is possible (`docs/decisions/0018-finer-blocks.md`).
public struct PrefillBlocks: Sendable, Hashable, Codable {
    /// The tokens of a standard block.
    public static let size = 16

    /// Blocks of 16 tokens counted from the prompt's start. The rest that is not a whole block goes with the block before it: the last chunk holds
    /// 16 to 31 tokens, and serves no other prompt. What a cache hit spares and how large the chunks were can then not be told from the logits
    /// (measured: `docs/decisions/0004-same-answer.md`).
    public static let standard = PrefillBlocks(cut: Self.size, least: Self.size, reuse: Self.size, sharesLast: false, sharesAnswers: false)

    /// For results that may depend on load: everything that stands in the cache serves.
    public static let relaxed = PrefillBlocks(cut: 1, least: 1, reuse: 1, sharesLast: true, sharesAnswers: true)

    /// Chunks hold a multiple of so many tokens, but for a prompt's last.
    public var cut: Int
    /// The fewest tokens of a chunk, unless the whole prompt is shorter; a multiple of `cut`.
    public var least: Int
    /// Prefixes are reused at multiples of so many tokens; a multiple of `cut`.
    public var reuse: Int
    /// Whether a prompt's last chunk may be of any size, and serves other prompts as the chunks before it do, but for what is no multiple of `cut`.
    public var sharesLast: Bool
    /// Whether what was generated serves later prompts.
    public var sharesAnswers: Bool

    public init(cut: Int, least: Int, reuse: Int? = nil, sharesLast: Bool = true, sharesAnswers: Bool = false) {
        self.cut = max(1, cut)
        self.least = max(self.cut, least / self.cut * self.cut)
        self.reuse = max(self.cut, (reuse ?? cut) / self.cut * self.cut)
        self.sharesLast = sharesLast
        self.sharesAnswers = sharesAnswers
    }

    /// Where the last chunk of a prompt begins at the latest.
    public func lastChunkStart(promptCount: Int) -> Int {
        max(0, (promptCount - self.least) / self.cut * self.cut)
    }

    /// How many tokens of a prompt need not be computed at best: the last chunk always is, since its logits are asked for.
    func mostReused(promptCount: Int) -> Int {
        self.floor(max(0, promptCount - self.least))
    }

    /// How many tokens of a prompt serve others once it is computed.
    func serving(promptCount: Int) -> Int {
        guard self.sharesLast else { return self.lastChunkStart(promptCount: promptCount) }
        return promptCount < self.least ? 0 : promptCount / self.cut * self.cut
    }

    /// Whether a chunk's tokens serve other prompts, but for what is no whole cut. The whole of a very short prompt does not: it is computed in fewer
    /// rows than others would compute it.
    func serves(_ chunk: StepPlan.PrefillChunk) -> Bool {
        !chunk.isLast || self.sharesLast && chunk.tokens.count >= self.least
    }

    /// `count` rounded down to where a prefix can be reused.
    package func floor(_ count: Int) -> Int {
        count / self.reuse * self.reuse
    }

    /// The same for models of which not everything can be had.
    package func fitting(_ limits: SchedulerLimits) -> PrefillBlocks {
        // A state that cannot be cut back is saved at the standard borders.
        guard limits.canTrim else { return .standard }
        var blocks = self
        // What a window has passed stays behind when a sequence is moved, and only whole standard blocks of that leave the results as they are.
        if limits.window > 0, !self.sharesAnswers { blocks.reuse = Self.size }
        return blocks
    }
}
