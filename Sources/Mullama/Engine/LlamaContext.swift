import CLlama
import InferenceCore
import ModelStore

/// Owns a `llama_context`: the KV cache, the compute buffers and the logits of the last call.
///
/// Not thread-safe, as the C context is not: it belongs to one inference thread.
struct LlamaContext: ~Copyable {
    let pointer: OpaquePointer
    let geometry: CacheGeometry
    private let weights: ModelWeights
    /// Held since llama.cpp has a pointer to it.
    private let abort: AbortSignal
    private let vocabularySize: Int
    /// Whether all slots lie in one row of cells.
    private let isUnified: Bool

    /// Which settings results do not depend on is told in `docs/decisions/0004-same-answer.md`.
    ///
    /// - Parameters:
    ///   - rows: The most rows of one call.
    ///   - outputs: The most rows of one call that want logits; nil for ``outputs(slots:)``.
    init(
        _ weights: ModelWeights,
        geometry: CacheGeometry,
        settings: EngineSettings,
        rows: Int,
        outputs: Int? = nil,
        abort: AbortSignal
    ) throws(RequestFault) {
        var c = llama_context_default_params()
        c.n_ctx = UInt32(clamping: geometry.cells)
        c.n_seq_max = UInt32(clamping: geometry.slots)
        c.n_batch = UInt32(clamping: rows)
        c.n_ubatch = UInt32(clamping: rows)
        c.n_outputs_max = UInt32(clamping: outputs ?? Self.outputs(slots: geometry.slots))
        c.n_threads = Int32(clamping: settings.threads)
        c.n_threads_batch = c.n_threads
        c.kv_unified = settings.cacheLayout == .unified
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
            throw RequestFault(
                .outOfMemory,
                "no memory for a KV cache of \(geometry)\(said): ask for fewer tokens, a smaller context or fewer parallel sequences"
            )
        }
        self.pointer = pointer
        self.geometry = geometry
        self.weights = weights
        self.abort = abort
        self.isUnified = settings.cacheLayout == .unified
        self.vocabularySize = Int(llama_vocab_n_tokens(llama_model_get_vocab(weights.pointer)))
    }

    /// The most rows of one call that want logits: one of each slot, or those of a chunk that is scored.
    static func outputs(slots: Int) -> Int { max(slots, PrefillPolicy.scoredChunk) }

    deinit {
        llama_free(self.pointer)
    }

    /// How many threads compute from now on. No result depends on it.
    func setThreads(_ count: Int) {
        llama_set_n_threads(self.pointer, Int32(clamping: count), Int32(clamping: count))
    }

    /// Computes a batch and returns llama.cpp's code: 0 done, 1 no room and nothing changed, 2 aborted, below 0 failed.
    func decode(_ batch: borrowing BatchBuffer) -> Int32 {
        let (pointer, batch) = (self.pointer, batch.batch)
        return ExitGuard.computing { llama_decode(pointer, batch) }
    }

    /// The logits of a row of the last batch, or nil if it was not asked for any.
    func logits(row: Int) -> UnsafeMutableBufferPointer<Float>? {
        llama_get_logits_ith(self.pointer, Int32(row)).map {
            UnsafeMutableBufferPointer(start: $0, count: self.vocabularySize)
        }
    }

    /// How many tokens a slot holds.
    func length(of slot: SlotID) -> Int {
        Int(llama_memory_seq_pos_max(self.memory, slot.rawValue)) + 1
    }

    /// - Returns: Whether the slot's tail could be removed; models with a recurrent state cannot do that.
    func removeTail(_ slot: SlotID, from position: Int) -> Bool {
        llama_memory_seq_rm(self.memory, slot.rawValue, Int32(position), -1)
    }

    func clear(_ slot: SlotID) {
        _ = llama_memory_seq_rm(self.memory, slot.rawValue, -1, -1)
    }

    /// Removes tokens and moves the later ones up to close the gap.
    func discard(_ slot: SlotID, from position: Int, count: Int) -> Bool {
        let start = Int32(position)
        let end = Int32(position + count)
        guard llama_memory_seq_rm(self.memory, slot.rawValue, start, end) else { return false }
        llama_memory_seq_add(self.memory, slot.rawValue, end, -1, start - end)
        return true
    }

    /// Whether a slot's tokens have the same places relative to blocks of 16 after they were moved. What a sliding window has passed is left
    /// behind, and a sum over cells is another if they lie otherwise in the blocks that it is computed in.
    func isAtBorder(_ slot: SlotID) -> Bool {
        let passed = self.length(of: slot) - self.weights.window
        return !self.weights.hasWindow || passed <= 0 || passed.isMultiple(of: PrefillBlocks.size)
    }

    /// What a slot holds. With a sliding window, tokens that it has passed are left out.
    func snapshot(of slot: SlotID) -> SequenceSnapshot? {
        let size = llama_state_seq_get_size(self.pointer, slot.rawValue)
        let state = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = llama_state_seq_get_data(self.pointer, buffer.baseAddress, size, slot.rawValue)
        }
        // llama.cpp does not tell where the parts of such a state begin.
        guard !state.isEmpty, !(self.weights.isHybrid && self.weights.hasWindow) else { return nil }
        return SequenceSnapshot(
            state,
            slot: self.isUnified ? 0 : Int(slot.rawValue),
            slots: self.rowsOfCells,
            secondPart: self.secondPart(of: slot),
            isSecondFixed: self.weights.hasState
        )
    }

    /// Puts a snapshot into a slot in place of what it holds.
    func restore(_ snapshot: SequenceSnapshot, into slot: SlotID) -> Bool {
        let state = snapshot.state(slots: self.rowsOfCells, isSecondFixed: self.weights.hasState)
        guard let state else { return false }
        return llama_state_seq_set_data(self.pointer, state, state.count, slot.rawValue) > 0
    }

    /// Bytes of a slot's state that are the part of the cache with a sliding window, or the recurrent part.
    private func secondPart(of slot: SlotID) -> Int {
        guard self.weights.hasWindow || self.weights.hasState else { return 0 }
        let partial = llama_state_seq_get_size_ext(self.pointer, slot.rawValue, UInt32(LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY))
        return max(0, partial - SequenceSnapshot.headerSize)
    }

    /// llama.cpp's streams.
    private var rowsOfCells: Int { self.isUnified ? 1 : self.geometry.slots }

    private var memory: llama_memory_t? { llama_get_memory(self.pointer) }
}
