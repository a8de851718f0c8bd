package import InferenceCore
package import ModelStore

/// What llama.cpp plans for the intermediate results of a step on a CPU, and for the scores that a step leaves behind.
///
/// Its allocator lays the tensors of a step over each other, and the largest moment counts: attention (the scores of all rows, heads and
/// cells, beside three vectors of the network's width and two of the heads'), the feed-forward part (three of its width and four of the
/// network's; for experts, of those that take part), or the scores of all tokens. Beside the first two stand the inputs: masks, and where each
/// value goes in the cache. With flash attention the scores of attention never stand in memory as a whole.
///
/// Compared with llama.cpp 0.5's own figures for seven networks (Llama, Qwen 3 with and without experts, Gemma 2 and 3) in 70 settings: within
/// 9 %, and then within 0.6 % of the total with weights and cache. `docs/decisions/0007-memory.md` has more.
package struct ComputeCost: Sendable, Hashable {
    private let heads: Int
    private let headWidth: Int
    private let valueWidth: Int
    private let width: Int
    private let feedForward: Int
    private let vocabulary: Int
    /// One for each kind of layer: with a sliding window and without.
    private let masks: Int
    private let isFlash: Bool
    private let isUnified: Bool
    private let microBatch: Int

    package init(_ header: GGUFHeader, _ settings: EngineSettings) {
        let width = header.embeddingLength ?? 0
        let heads = header.headCounts.max() ?? 1
        self.width = width
        self.heads = heads
        self.headWidth = heads.saturatingTimes(header.keyLength ?? 0)
        self.valueWidth = (header.headCountsKV.max() ?? 0).saturatingTimes(header.valueLength ?? 0)
        self.vocabulary = header.vocabularySize ?? 0
        self.masks = header.slidingWindow == nil ? 1 : 2
        self.isFlash = settings.flashAttention
        self.isUnified = settings.cacheLayout == .unified
        self.microBatch = settings.microBatch

        let dense = (header.fact("feed_forward_length")?.int ?? header.fact("feed_forward_length")?.array?.ints?.max() ?? 0)
        if let used = header.expertUsedCount, let expert = header.fact("expert_feed_forward_length")?.int ?? dense as Int? {
            let between = max(3.saturatingTimes(max(0, expert)), 2.saturatingTimes(width)).saturatingTimes(used)
            self.feedForward = between.saturatingPlus(2.saturatingTimes(header.expertCount ?? 0))
        } else {
            self.feedForward = 3.saturatingTimes(max(0, dense))
        }
    }

    /// Bytes beside a cache of this shape.
    ///
    /// - Parameter hasScores: Whether tokens are scored. Where they are not llama.cpp asks for that memory and never touches it.
    package func bytes(of geometry: CacheGeometry, hasScores: Bool = true) -> Int {
        // llama.cpp makes room for no more rows than there are cells.
        let rows = min(max(self.microBatch, geometry.slots), geometry.cells)
        // Those that a row's attention passes over.
        let cells = self.isUnified ? geometry.cells : geometry.cellsPerSlot
        // In words of four bytes for each row. Masks are halved by flash attention, and values go to one place instead of one for each number.
        let input = self.isFlash ? cells / 2 + 2 : cells.saturatingPlus(2.saturatingTimes(self.valueWidth))
        let inputs = self.masks.saturatingTimes(input).saturatingPlus(6)
        let scores = self.isFlash ? 0 : self.heads.saturatingTimes(cells)
        let attention = scores.saturatingPlus(3.saturatingTimes(self.width)).saturatingPlus(2.saturatingTimes(self.headWidth))
        let feedForward = self.feedForward.saturatingPlus(4.saturatingTimes(self.width))
        let layers = 4.saturatingTimes(rows).saturatingTimes(inputs.saturatingPlus(max(attention, feedForward)))

        func tokens(_ rows: Int) -> Int { hasScores ? 4.saturatingTimes(rows).saturatingTimes(self.vocabulary) : 0 }
        let outputs = min(rows, LlamaContext.outputs(slots: geometry.slots))
        // Masks are of no use any more when the last layer is done, and the scores of tokens take their place.
        let end = 4.saturatingTimes(rows.saturatingPlus(outputs)).saturatingTimes(self.width).saturatingPlus(tokens(outputs))
        // What a step leaves behind has room for a row of each slot, and grows when a prompt is scored.
        return max(layers, end).saturatingPlus(tokens(geometry.slots))
    }
}
