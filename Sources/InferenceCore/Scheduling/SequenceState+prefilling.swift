/// How a prompt is cut.
extension SequenceState {
    /// Where the prompt is to stop for a moment: at a border that others wait for, or where its state is to be saved.
    func nextStop(_ border: Int?) -> Int? {
        guard case .prefilling(_, let next) = self.phase else { return nil }
        return self.checkpoints.union(border.map { [$0] } ?? []).filter { $0 > next }.min()
    }

    /// The next part of the prompt.
    ///
    /// - Parameters:
    ///   - blocks: Where it may be cut.
    ///   - border: Where to stop for a moment.
    ///   - size: The most tokens of a chunk.
    ///   - mayExceed: Whether the end of the prompt is given even if there is no room for it.
    func prefillChunks(
        in room: inout PrefillRoom,
        cut blocks: PrefillBlocks = .standard,
        until border: Int?,
        ofAtMost size: Int = .max,
        mayExceed: Bool
    ) -> [StepPlan.PrefillChunk] {
        guard case .prefilling(let slot, var next) = self.phase else { return [] }
        let count = self.request.prompt.count
        let lastStart = blocks.lastChunkStart(promptCount: count)
        let scores = self.request.scoresPrompt
        let size = scores ? min(size, PrefillPolicy.scoredChunk) : size
        // A border too near for a chunk, or behind the last one's start, is passed: what stands before it can be copied all the same.
        let stop = border.flatMap { $0 >= next + blocks.least && $0 <= lastStart ? $0 : nil }
        // Of a longer prompt the end has no such claim: it has held the others up before.
        if next == self.usage.cachedTokens { room.widen(for: count - next, after: next) }
        var chunks: [StepPlan.PrefillChunk] = []
        var hasRoom = true
        while next != stop {
            let isEnd = next + blocks.least > lastStart
            if stop == nil, isEnd || blocks.sharesLast && count - next <= size {
                let mayExceed = isEnd && mayExceed && chunks.isEmpty
                if room.fits(count - next, after: next) || mayExceed {
                    let last = self.chunk(next..<count, in: slot, isLast: true)
                    room.take(last)
                    return chunks + [last]
                }
            }
            let whole = min((stop ?? lastStart) - next, room.tokens(after: next), size) / blocks.cut * blocks.cut
            guard !isEnd, hasRoom, whole >= blocks.least else { break }
            let chunk = self.chunk(next..<(next + whole), in: slot, isLast: false)
            chunks.append(chunk)
            room.take(chunk)
            next += whole
            // What scores take is not known: a step has one chunk of them.
            if scores { break }
            // A chunk below the bound is as large as the room was; only the end of the prompt may fit yet.
            hasRoom = whole == size
        }
        return chunks
    }

    private func chunk(_ range: Range<Int>, in slot: SlotID, isLast: Bool) -> StepPlan.PrefillChunk {
        let prompt = self.request.prompt
        return StepPlan.PrefillChunk(
            request: self.request.id,
            slot: slot,
            tokens: prompt[range],
            position: range.lowerBound,
            isLast: isLast,
            targets: self.request.scoresPrompt ? prompt[(range.lowerBound + 1)..<min(range.upperBound + 1, prompt.count)] : []
        )
    }
}
