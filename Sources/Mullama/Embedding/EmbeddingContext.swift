import CLlama
import InferenceCore
import ModelStore

/// Owns a `llama_context` that computes texts for embeddings, one text at a time.
///
/// Not thread-safe, as the C context is not: it belongs to one thread.
struct EmbeddingContext: ~Copyable {
    /// The most rows of a call into which a text may be cut: beyond it throughput no longer grows, and each row's scores of the whole vocabulary
    /// take memory.
    static let rows = 64

    /// The most tokens of a text.
    let cells: Int
    private let pointer: OpaquePointer
    private let weights: ModelWeights
    /// Held since llama.cpp has a pointer to it.
    private let abort: AbortSignal
    private let width: Int
    private var batch: BatchBuffer

    /// - Parameters:
    ///   - isWhole: Whether texts are computed in one call each, which takes a call of that many rows.
    ///   - isPooled: Whether the model's file says how to pool.
    init(
        _ weights: ModelWeights,
        cells: Int,
        isWhole: Bool,
        isPooled: Bool,
        settings: EngineSettings,
        abort: AbortSignal
    ) throws(RequestFault) {
        let rows = isWhole ? cells : min(cells, Self.rows)
        var c = llama_context_default_params()
        c.n_ctx = UInt32(clamping: cells)
        c.n_seq_max = 1
        c.n_batch = UInt32(clamping: rows)
        c.n_ubatch = c.n_batch
        c.n_outputs_max = c.n_batch
        c.n_threads = Int32(clamping: settings.threads)
        c.n_threads_batch = c.n_threads
        c.embeddings = true
        // What llama.cpp pools it pools for each call. Unless the file asks for that, it does not, and warns of being told so.
        c.pooling_type = isPooled ? LLAMA_POOLING_TYPE_NONE : LLAMA_POOLING_TYPE_UNSPECIFIED
        c.type_k = ggml_type(rawValue: settings.cacheType.ggml.rawValue)
        c.type_v = c.type_k
        c.flash_attn_type = settings.flashAttention ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED
        c.swa_full = true
        c.no_perf = true
        c.abort_callback = { data in
            guard let data else { return false }
            return Unmanaged<AbortSignal>.fromOpaque(data).takeUnretainedValue().isAborted
        }
        c.abort_callback_data = Unmanaged.passUnretained(abort).toOpaque()

        let (pointer, errors) = LlamaLog.shared.capturingErrors {
            ExitGuard.computing { llama_init_from_model(weights.pointer, c) }
        }
        guard let pointer else {
            let said = errors.last.map { " (llama.cpp: \($0))" } ?? ""
            throw RequestFault(.outOfMemory, "no memory to embed texts of up to \(cells) tokens\(said): embed shorter texts")
        }
        self.pointer = pointer
        self.cells = cells
        self.weights = weights
        self.abort = abort
        self.width = weights.embeddingWidth
        self.batch = BatchBuffer(capacity: rows)
    }

    /// Whether each token looks at those before it alone, so that a text can be computed in parts.
    var isCausal: Bool { llama_get_causal_attn(self.pointer) && llama_get_memory(self.pointer) != nil }

    deinit {
        llama_free(self.pointer)
    }

    /// Forgets the text before.
    ///
    /// - Parameter wipes: Whether to overwrite it: what is no number would spread to later texts, although it counts nought in them.
    func clear(wipes: Bool) {
        llama_memory_clear(llama_get_memory(self.pointer), wipes)
    }

    /// Computes a part of a text and returns llama.cpp's code: 0 done, 1 no room, 2 aborted, below 0 failed.
    mutating func compute(_ part: EmbeddingPart) -> Int32 {
        self.batch.removeAll()
        for (offset, token) in part.tokens.enumerated() {
            self.batch.append(token, at: part.position + offset, in: SlotID(0), wantsLogits: true)
        }
        let (pointer, batch) = (self.pointer, self.batch.batch)
        return ExitGuard.computing {
            // Models whose tokens all look at all others keep nothing of them.
            llama_get_memory(pointer) == nil ? llama_encode(pointer, batch) : llama_decode(pointer, batch)
        }
    }

    /// The vector of a token of the part that was computed last.
    func row(_ index: Int) -> UnsafeBufferPointer<Float>? {
        llama_get_embeddings_ith(self.pointer, Int32(clamping: index)).map { UnsafeBufferPointer(start: $0, count: self.width) }
    }
}
