/// Where a prompt may be cut, so that cutting never changes a bit of the result.
///
/// Kernels for few rows differ in rounding from those for many. Prompts are therefore computed in blocks of 16 tokens counted from the
/// prompt's start, and the rest that is not a whole block goes with the block before it: the last chunk holds 16 to 31 tokens. What a cache
/// hit spares and how large the chunks were can then not be told from the logits (measured: `docs/decisions/0004-same-answer.md`).
public enum PrefillBlocks {
    public static let size = 16

    /// Where the last chunk of a prompt begins. Everything before is made of whole blocks and can be reused by another prompt.
    public static func lastChunkStart(promptCount: Int) -> Int {
        max(0, (promptCount - self.size) / self.size * self.size)
    }

    /// `count` rounded down to whole blocks.
    public static func floor(_ count: Int) -> Int {
        count / self.size * self.size
    }
}
