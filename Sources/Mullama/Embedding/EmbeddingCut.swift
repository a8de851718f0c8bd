import InferenceCore

/// Where a text is cut into calls. What comes of it must not depend on what else there is to do, so borders are counted from the text's start:
/// ``PrefillBlocks``.
package enum EmbeddingCut: Sendable, Equatable {
    /// All tokens look at all others: a text is one call.
    case whole
    /// Whole blocks in calls of at most so many tokens, the last 16 to 31 tokens apart. The sizes may differ, since results do not depend on them.
    case blocks(atMost: Int)

    /// Where a call ends.
    ///
    /// - Parameters:
    ///   - fits: Whether so many tokens take no longer than there is time for. The least is computed however long it takes.
    func end(after position: Int, of count: Int, fits: (_ tokens: Int) -> Bool) -> Int {
        guard case .blocks(let most) = self else { return count }
        let lastStart = PrefillBlocks.standard.lastChunkStart(promptCount: count)
        guard position < lastStart else { return count }
        var end = position + PrefillBlocks.size
        while end + PrefillBlocks.size <= min(lastStart, position + most), fits(end + PrefillBlocks.size - position) {
            end += PrefillBlocks.size
        }
        return end
    }
}
