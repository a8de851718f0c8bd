/// How the engine computes: what may differ from one machine and model to the next without changing what an answer means.
///
/// The defaults are good on every CPU and keep the promise that an answer does not depend on what else runs. `mullama tune` measures others, and
/// what it chose is remembered: see ``ModelTuner``.
public struct EngineSettings: Sendable, Hashable, Codable {
    /// The most rows of one call to the C library unless told otherwise. More would not compute faster on a CPU, and the compute buffers grow with it.
    public static let defaultMicroBatch = 256

    /// Whether attention is computed in one pass over the cache, without a table of scores. On a CPU it speeds up prompts by some, slows down
    /// generating by much, and lets answers depend on how a prompt was cut. Always on with a quantized ``cacheType``.
    public var flashAttention: Bool {
        didSet { self.flashAttention = self.flashAttention || self.cacheType.isQuantized }
    }
    /// How the sequences share the cells of the KV cache.
    public var cacheLayout: CacheLayout
    /// The most rows of one call to the C library: tokens of a prompt, or sequences that generate. Compute buffers grow with it.
    public var microBatch: Int
    /// How the KV cache is stored.
    public var cacheType: CacheType {
        didSet { self.flashAttention = self.flashAttention || self.cacheType.isQuantized }
    }
    /// Threads that compute, all requests together.
    public var threads: Int

    public init(
        flashAttention: Bool = false,
        cacheLayout: CacheLayout = .perSequence,
        microBatch: Int = Self.defaultMicroBatch,
        cacheType: CacheType = .f16,
        threads: Int
    ) {
        self.flashAttention = flashAttention || cacheType.isQuantized
        self.cacheLayout = cacheLayout
        self.microBatch = microBatch
        self.cacheType = cacheType
        self.threads = threads
    }
}

extension EngineSettings: CustomStringConvertible {
    /// All of them in one line: "flash attention off, cells per sequence, 256 rows, f16 cache, 2 threads".
    public var description: String {
        let threads = self.threads == 1 ? "1 thread" : "\(self.threads) threads"
        return "flash attention \(self.flashAttention ? "on" : "off"), \(self.cacheLayout.description), \(self.microBatch) rows, "
            + "\(self.cacheType.rawValue) cache, \(threads)"
    }
}
