import InferenceCore
import ModelStore

/// All that it takes to make C contexts for embeddings, but for their size.
struct EmbeddingRecipe: Sendable {
    private let weights: ModelWeights
    private let settings: EngineSettings
    private let isPooled: Bool
    private let bytesPerToken: Int
    private let compute: ComputeCost
    /// The most tokens of a text.
    private let contextSize: Int
    private let account: MemoryAccount
    let abort: AbortSignal
    let pooling: EmbeddingPooling
    let width: Int
    /// Whether tokens look at all others, so that a text is one call.
    let isWhole: Bool

    init(
        _ weights: ModelWeights,
        _ header: GGUFHeader,
        _ settings: EngineSettings,
        isWhole: Bool,
        pooling: EmbeddingPooling,
        contextSize: Int,
        abort: AbortSignal,
        memory: MemoryLedger = .shared
    ) {
        var settings = settings
        settings.microBatch = EmbeddingContext.rows
        settings.cacheLayout = .perSequence
        // A whole text is the same call whatever else there is, and without flash attention a long one takes gigabytes for its scores.
        if isWhole { settings.flashAttention = true }
        self.weights = weights
        self.settings = settings
        self.isPooled = header.fact("pooling_type") != nil
        self.bytesPerToken = header.cacheBytesPerToken(settings.cacheType)
        self.compute = ComputeCost(header, settings)
        self.contextSize = contextSize
        self.account = MemoryAccount(CacheBudget(bytesPerToken: self.bytesPerToken, parallel: 1), in: memory)
        self.abort = abort
        self.pooling = pooling
        self.width = weights.embeddingWidth
        self.isWhole = isWhole
    }

    /// Cells for a text of so many tokens: a power of two, and no more than the longest text takes.
    func cells(for count: Int) -> Int {
        var cells = 256
        while cells < count { cells *= 2 }
        return max(count, min(cells, self.contextSize.roundedUp(toMultipleOf: 256)))
    }

    /// Makes a context. Blocks.
    ///
    /// - Throws: If there is no memory for it.
    func make(cells: Int) throws(RequestFault) -> EmbeddingContext {
        let bytes = self.bytes(cells: cells)
        do {
            try self.account.claim(bytes)
        } catch {
            self.account.settle(0)
            throw RequestFault(.outOfMemory, "to embed texts of up to \(cells) tokens would \(error.reason): embed shorter texts")
        }
        do throws(RequestFault) {
            let context = try EmbeddingContext(
                self.weights,
                cells: cells,
                isWhole: self.isWhole,
                isPooled: self.isPooled,
                settings: self.settings,
                abort: self.abort
            )
            self.account.settle(bytes)
            return context
        } catch {
            self.account.settle(0)
            throw error
        }
    }

    /// Notes that there is no context any more.
    func freed() {
        self.account.settle(0)
    }

    private func bytes(cells: Int) -> Int {
        // Where there are scores of the vocabulary they are kept for each row, as for each sequence in generating.
        let shape = CacheGeometry(slots: self.isWhole ? cells : EmbeddingContext.rows, cellsPerSlot: cells)
        let cache = self.isWhole ? 0 : cells.saturatingTimes(self.bytesPerToken)
        return cache.saturatingPlus(self.compute.bytes(of: shape, hasScores: !self.isWhole))
    }
}
