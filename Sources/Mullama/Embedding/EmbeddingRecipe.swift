import InferenceCore
import ModelStore

/// All that it takes to make C contexts for embeddings, but for their size.
struct EmbeddingRecipe: Sendable {
    private let weights: ModelWeights
    private let settings: EngineSettings
    private let bytesPerToken: Int
    private let compute: ComputeCost
    private let computeWhole: ComputeCost
    /// The most tokens of a text.
    private let contextSize: Int
    private let account: MemoryAccount
    let abort: AbortSignal
    let pooling: EmbeddingPooling
    let width: Int
    /// What the model's file says of it.
    let isWhole: Bool

    init(
        _ weights: ModelWeights,
        _ header: GGUFHeader,
        _ settings: EngineSettings,
        pooling: EmbeddingPooling,
        contextSize: Int,
        abort: AbortSignal
    ) {
        var settings = settings
        settings.microBatch = EmbeddingContext.rows
        settings.cacheLayout = .perSequence
        var whole = settings
        whole.flashAttention = true
        self.weights = weights
        self.settings = settings
        self.bytesPerToken = header.cacheBytesPerToken(settings.cacheType)
        self.compute = ComputeCost(header, settings)
        self.computeWhole = ComputeCost(header, whole)
        self.contextSize = contextSize
        self.account = MemoryAccount(CacheBudget(bytesPerToken: self.bytesPerToken, parallel: 1))
        self.abort = abort
        self.pooling = pooling
        self.width = weights.embeddingWidth
        self.isWhole = header.fact("attention.causal")?.bool == false
    }

    /// Cells for a text of so many tokens: a power of two, and no more than the longest text takes.
    func cells(for count: Int) -> Int {
        var cells = 256
        while cells < count { cells *= 2 }
        return max(count, min(cells, self.contextSize.roundedUp(toMultipleOf: 256)))
    }

    /// Makes a context. Blocks.
    ///
    /// - Parameter isWhole: Whether tokens are taken to look at all others. If the model knows better, the context is made anew.
    /// - Throws: If there is no memory for it.
    func make(cells: Int, isWhole: Bool) throws(RequestFault) -> EmbeddingContext {
        do {
            try self.account.claim(self.bytes(cells: cells, isWhole: isWhole))
        } catch {
            self.account.settle(0)
            throw RequestFault(.outOfMemory, "to embed texts of up to \(cells) tokens would \(error.reason): embed shorter texts")
        }
        var context: EmbeddingContext
        do throws(RequestFault) {
            context = try EmbeddingContext(self.weights, cells: cells, isWhole: isWhole, settings: self.settings, abort: self.abort)
        } catch {
            self.account.settle(0)
            throw error
        }
        self.account.settle(self.bytes(cells: cells, isWhole: isWhole))
        guard isWhole || context.isCausal else { return try self.make(cells: cells, isWhole: true) }
        return context
    }

    /// Notes that there is no context any more.
    func freed() {
        self.account.settle(0)
    }

    private func bytes(cells: Int, isWhole: Bool) -> Int {
        // A row of each call is kept, as one of each sequence is in generating.
        let shape = CacheGeometry(slots: isWhole ? cells : EmbeddingContext.rows, cellsPerSlot: cells)
        return isWhole
            ? self.computeWhole.bytes(of: shape) : cells.saturatingTimes(self.bytesPerToken).saturatingPlus(self.compute.bytes(of: shape))
    }
}
