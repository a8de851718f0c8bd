public import Foundation
import InferenceCore
public import ModelStore

/// What a model will take in memory, in bytes, from the header of its file: the weights are not read.
///
/// The figures are those that llama.cpp allocates on a CPU for the default ``EngineSettings`` (cells for each context, all tokens kept also in
/// layers with a sliding window, steps of 256 rows), measured on networks with grouped heads, sliding windows, experts and quantized caches: the cache to the
/// byte, the total to 2 %. The small state that recurrent layers keep for each sequence is not counted.
public struct MemoryEstimate: Sendable, Hashable {
    /// The weights. Mapped from the file, they count as cache of the system and are shared with other processes. On some processors llama.cpp
    /// keeps a part of them in another order, in memory of its own; the file's copy of that part is not used again. With AMX that is most of them,
    /// and an embedding that is the output too is there twice.
    public var weights: Int
    /// KV cache of one context when it is full. It grows with use.
    public var cachePerContext: Int
    /// The contexts that the total is for.
    public var parallel: Int
    /// Buffers for the intermediate results of a step, and for the scores of all tokens for each context.
    public var compute: Int
    /// Cache and compute buffers at the moment in which the engine needs most: it takes cells in powers of two, and makes the cache for the last
    /// tokens beside the one before. A ``ModelPool`` of ``parallel`` contexts is promised as much.
    public var peak: Int

    public var cache: Int { self.cachePerContext.saturatingTimes(self.parallel) }
    public var total: Int { self.weights.saturatingPlus(self.cache).saturatingPlus(self.compute) }

    /// - Parameters:
    ///   - contextSize: Tokens of each context; nil for 4,096, or what the model was trained for if that is less.
    ///   - parallel: Contexts in use at the same time, 1 to 256.
    ///   - cacheType: How the cache is stored.
    /// - Throws: ``MullamaError`` if the file is not a readable GGUF model. Reads the file's header, a few milliseconds, on the calling thread.
    public static func `for`(
        modelAt url: URL,
        contextSize: Int? = nil,
        parallel: Int = 1,
        cacheType: CacheType = .f16
    ) throws(MullamaError) -> MemoryEstimate {
        try ContextParams(contextSize: contextSize).validate()
        guard (1...256).contains(parallel) else {
            throw MullamaError(.invalidRequest, "parallel is \(parallel): it must be 1 to 256")
        }
        let header = try Self.header(url)
        try header.check(cacheType)
        return MemoryEstimate(header, contextSize: header.contextSize(contextSize), parallel: parallel, cacheType: cacheType)
    }

    /// The same for a header that was read already.
    public init(_ header: GGUFHeader, contextSize: Int, parallel: Int, cacheType: CacheType = .f16) {
        self.init(header, contextSize: contextSize, parallel: parallel, settings: .standard(cacheType))
    }

    /// The same for settings that are not the defaults.
    public init(_ header: GGUFHeader, contextSize: Int, parallel: Int, settings: EngineSettings) {
        let budget = CacheBudget(
            bytesPerToken: header.cacheBytesPerToken(settings.cacheType),
            parallel: parallel,
            compute: ComputeCost(header, settings)
        )
        let geometry = CacheGeometry(slots: parallel, cellsPerSlot: contextSize.roundedUp(toMultipleOf: 256))
        let demand = budget.demands(for: [ContextDemand(count: parallel, size: contextSize)]).first

        self.weights = header.weightsInMemory
        self.cachePerContext = geometry.cellsPerSlot.saturatingTimes(budget.bytesPerToken)
        self.parallel = parallel
        self.compute = budget.compute?.bytes(of: geometry) ?? 0
        self.peak = demand?.whileGrowing ?? 0
    }

    /// How many contexts a model should compute together: as many as there is memory for, and as many as a CPU gains from.
    ///
    /// Memory has to hold the weights and ``peak``, with a tenth of what is available left to others. More than four contexts for each thread
    /// are not recommended: weights are read from memory once for all of them, which is where the gain comes from, and beyond that number a step
    /// is bound by arithmetic. Eight contexts on two cores reached 96 % of the speed of sixteen, and each of them twice its speed (measured with
    /// SmolLM2 135M in Q4_1).
    ///
    /// - Parameters:
    ///   - contextSize: Tokens of each context; nil for 4,096, or what the model was trained for if that is less.
    ///   - threads: Threads that compute; nil for one for each core.
    ///   - cacheMemory: The most bytes of KV cache, all contexts together; nil for no limit.
    ///   - memory: Bytes of memory for the model; nil for what is available now.
    /// - Returns: 1 to 256; 1 also if not even one context fits.
    /// - Throws: As ``for(modelAt:contextSize:parallel:cacheType:)``.
    public static func recommendedParallel(
        modelAt url: URL,
        contextSize: Int? = nil,
        cacheType: CacheType = .f16,
        threads: Int? = nil,
        cacheMemory: Int? = nil,
        memory: Int? = nil
    ) throws(MullamaError) -> Int {
        let params = ModelParams(threads: threads, contextSize: contextSize, cacheMemory: cacheMemory, cacheType: cacheType)
        try params.validate()
        let header = try Self.header(url)
        try header.check(cacheType)
        let size = header.contextSize(contextSize)
        let given = memory ?? SystemMemory.available ?? SystemMemory.total
        let cores = threads ?? ProcessInfo.processInfo.activeProcessorCount
        let most = min(256, max(1, cores) * 4)

        let fitting = (1...most).last { parallel in
            let estimate = MemoryEstimate(header, contextSize: size, parallel: parallel, cacheType: cacheType)
            let isAllowed = cacheMemory.map { estimate.cache <= $0 } ?? true
            return isAllowed && estimate.weights.saturatingPlus(estimate.peak) <= given - given / 10
        }
        return fitting ?? 1
    }

    private static func header(_ url: URL) throws(MullamaError) -> GGUFHeader {
        do {
            return try GGUFHeader(contentsOf: url)
        } catch {
            throw MullamaError(error)
        }
    }
}

extension GGUFHeader {
    /// - Throws: ``MullamaError/Code/invalidRequest`` if the model's cache cannot be stored like this.
    func check(_ type: CacheType) throws(MullamaError) {
        let block = type.ggml.blockSize
        guard let odd = self.cachedHeadLengths.filter({ !$0.isMultiple(of: block) }).min() else { return }
        throw MullamaError(
            .invalidRequest,
            "cacheType is \(type.rawValue), which packs \(block) numbers together, and the model's heads have \(odd): use f16"
        )
    }
}
