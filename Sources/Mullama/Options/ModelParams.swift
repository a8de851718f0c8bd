/// How a model is loaded and run.
public struct ModelParams: Sendable, Hashable {
    /// Threads that compute, all requests together. Nil takes what was measured, else one for each core that the process may use.
    public var threads: Int?
    /// The most generations computed together, 1 to 256; more wait. Costs memory only as they come.
    public var parallel: Int
    /// Tokens of prompt and answer that a context of this model holds unless ``ContextParams`` says otherwise. Nil takes 4,096, or what the
    /// model was trained for if that is less.
    public var contextSize: Int?
    /// The most bytes of KV cache, all contexts together. Nil leaves it to the memory that the machine has.
    public var cacheMemory: Int?
    /// The most bytes of memory for computed prefixes that had to leave the KV cache. A context that goes on gets its own back in milliseconds
    /// instead of computing it again. Nil takes an eighth of the machine's memory, at most 2 GiB; 0 keeps none.
    public var parkedMemory: Int?
    /// How the KV cache is stored. Less than the default holds more contexts, at the price that ``CacheType`` names.
    public var cacheType: CacheType
    /// Layers computed by a GPU. Nil gives it all of them, if there is one.
    public var gpuLayers: Int?
    /// Whether the weights are mapped from the file, so that they load at once and are shared with other processes, or read into memory.
    public var useMemoryMap: Bool
    /// The most generations that may wait for a slot. The next call throws ``MullamaError/Code/overloaded`` at once, with the time after which
    /// to try again. Nil sets no limit.
    public var queueLimit: Int?
    /// The longest that a generation may wait for a slot, above zero; then it throws ``MullamaError/Code/overloaded``. Nil lets it wait.
    public var waitLimit: Duration?
    /// The longest that a generation should stand still while the prompts of others are computed.
    public var maxStall: Duration
    /// The part of the time that prompts may take while others generate, 0.05 to 1. With the default, 0.75, those who generate keep at least a
    /// quarter of their speed however many prompts come, and a prompt takes at most a third longer for it; 1 sets no bound.
    public var prefillShare: Double
    /// Whether answers may depend on what else runs. ``ModelInfo/reproducibility`` says what came of it.
    public var reproducibility: Reproducibility
    /// Whether flash attention is on: see ``EngineSettings/flashAttention``. Nil takes what was measured, else off unless `cacheType` needs it.
    public var flashAttention: Bool?
    /// How sequences share the cells of the KV cache. Nil takes what was measured, else ``CacheLayout/perSequence``.
    public var cacheLayout: CacheLayout?
    /// The most rows of one call to the C library, 32 to 4,096 in multiples of 16. Nil takes what was measured, else 256.
    public var microBatch: Int?
    /// Whether settings that were measured for this model on this machine are taken (`mullama tune`, ``ModelTuner``).
    public var tuning: TuningUse

    public init(
        threads: Int? = nil,
        parallel: Int = 8,
        contextSize: Int? = nil,
        cacheMemory: Int? = nil,
        parkedMemory: Int? = nil,
        cacheType: CacheType = .f16,
        gpuLayers: Int? = nil,
        useMemoryMap: Bool = true,
        queueLimit: Int? = nil,
        waitLimit: Duration? = nil,
        maxStall: Duration = .milliseconds(100),
        prefillShare: Double = 0.75,
        reproducibility: Reproducibility = .automatic,
        flashAttention: Bool? = nil,
        cacheLayout: CacheLayout? = nil,
        microBatch: Int? = nil,
        tuning: TuningUse = .remembered
    ) {
        self.threads = threads
        self.parallel = parallel
        self.contextSize = contextSize
        self.cacheMemory = cacheMemory
        self.parkedMemory = parkedMemory
        self.cacheType = cacheType
        self.gpuLayers = gpuLayers
        self.useMemoryMap = useMemoryMap
        self.queueLimit = queueLimit
        self.waitLimit = waitLimit
        self.maxStall = maxStall
        self.prefillShare = prefillShare
        self.reproducibility = reproducibility
        self.flashAttention = flashAttention
        self.cacheLayout = cacheLayout
        self.microBatch = microBatch
        self.tuning = tuning
    }

    func validate() throws(MullamaError) {
        func require(_ value: Int?, in range: ClosedRange<Int>, _ name: String) throws(MullamaError) {
            guard let value, !range.contains(value) else { return }
            throw MullamaError(.invalidRequest, "\(name) is \(value): it must be \(range.lowerBound) to \(range.upperBound)")
        }
        try require(self.threads, in: 1...512, "threads")
        try require(self.parallel, in: 1...256, "parallel")
        try require(self.contextSize, in: ContextParams.sizes, "contextSize")
        try require(self.gpuLayers, in: 0...100_000, "gpuLayers")
        try require(self.cacheMemory, in: 1...Int.max, "cacheMemory")
        try require(self.parkedMemory, in: 0...Int.max, "parkedMemory")
        try require(self.queueLimit, in: 0...Int.max, "queueLimit")
        if let limit = self.waitLimit, limit <= .zero {
            throw MullamaError(.invalidRequest, "waitLimit is \(limit): it must be above zero; a queueLimit of 0 refuses to wait")
        }
        try require(self.microBatch, in: 32...4_096, "microBatch")
        if let microBatch, !microBatch.isMultiple(of: 16) {
            throw MullamaError(.invalidRequest, "microBatch is \(microBatch): it must be a multiple of 16")
        }
        if self.flashAttention == false, self.cacheType.isQuantized {
            throw MullamaError(
                .invalidRequest,
                "flashAttention is off and cacheType is \(self.cacheType.rawValue), which llama.cpp reads with flash attention only: "
                    + "leave flashAttention out, or use f16"
            )
        }
        guard self.maxStall > .zero else {
            throw MullamaError(.invalidRequest, "maxStall is \(self.maxStall): it must be above zero")
        }
        guard 0.05...1 ~= self.prefillShare else {
            throw MullamaError(.invalidRequest, "prefillShare is \(self.prefillShare): it must be 0.05 to 1")
        }
    }
}
