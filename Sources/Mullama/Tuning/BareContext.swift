import CLlama
import InferenceCore

/// A C context without an engine, for measuring. Belongs to one thread.
struct BareContext: ~Copyable {
    /// What a cancel breaks off: every call is for it.
    static let request = RequestID(1)

    private let context: LlamaContext
    private var batch: BatchBuffer
    private let abort: AbortSignal
    /// The most rows of one call.
    let rows: Int

    /// - Parameter outputs: The most rows of one call that want logits; nil for as many as the engine's contexts allow.
    /// - Throws: ``MullamaError`` if there is no memory for it.
    init(_ recipe: ContextRecipe, _ geometry: CacheGeometry, outputs: Int? = nil) throws(MullamaError) {
        do throws(RequestFault) {
            self.context = try LlamaContext(
                recipe.weights,
                geometry: geometry,
                settings: recipe.settings,
                rows: recipe.rows,
                outputs: outputs,
                abort: recipe.abort
            )
        } catch {
            throw MullamaError(error)
        }
        self.batch = BatchBuffer(capacity: recipe.rows)
        self.abort = recipe.abort
        self.rows = recipe.rows
    }

    /// Computes tokens of a prompt.
    ///
    /// - Parameter chunk: The most tokens of one call; nil for as many as there may be.
    mutating func prefill(_ tokens: ArraySlice<Token>, at position: Int, in slot: SlotID, chunk: Int? = nil) throws {
        let size = min(chunk ?? self.rows, self.rows)
        var start = tokens.startIndex
        while start < tokens.endIndex {
            let end = min(tokens.endIndex, start + size)
            self.batch.removeAll()
            for index in start..<end {
                let place = position + index - tokens.startIndex
                self.batch.append(tokens[index], at: place, in: slot, wantsLogits: index == tokens.endIndex - 1)
            }
            try self.compute()
            start = end
        }
    }

    /// Computes one token of each of several sequences.
    mutating func step(_ rows: [(token: Token, position: Int, slot: SlotID)]) throws {
        self.batch.removeAll()
        for row in rows { self.batch.append(row.token, at: row.position, in: row.slot, wantsLogits: true) }
        try self.compute()
    }

    /// Computes tokens with the logits of all of them.
    mutating func computeAll(_ tokens: ArraySlice<Token>, at position: Int) throws {
        self.batch.removeAll()
        for (offset, token) in tokens.enumerated() {
            self.batch.append(token, at: position + offset, in: SlotID(0), wantsLogits: true)
        }
        try self.compute()
    }

    /// The logits of a row of the last call.
    func logits(row: Int) throws(MullamaError) -> UnsafeMutableBufferPointer<Float> {
        guard let logits = self.context.logits(row: row) else {
            throw MullamaError(.engineFailed, "the model computed no logits for a row that asked for them")
        }
        return logits
    }

    func length(of slot: SlotID) -> Int { self.context.length(of: slot) }
    func clear(_ slot: SlotID) { self.context.clear(slot) }
    func removeTail(_ slot: SlotID, from position: Int) -> Bool { self.context.removeTail(slot, from: position) }
    func snapshot(of slot: SlotID) -> SequenceSnapshot? { self.context.snapshot(of: slot) }
    func restore(_ snapshot: SequenceSnapshot, into slot: SlotID) -> Bool { self.context.restore(snapshot, into: slot) }

    private mutating func compute() throws {
        guard !self.abort.isCancelled(Self.request) else { throw CancellationError() }
        let code = self.abort.during(Self.request) { self.context.decode(self.batch) }
        switch code {
        case 0: return
        case 2: throw CancellationError()
        default:
            throw MullamaError(.engineFailed, "llama.cpp could not compute a batch for measuring: try again", underlying: Int(code))
        }
    }
}
