import InferenceCore

/// Computes embeddings with llama.cpp, in a C context of its own beside the generations'.
final class LlamaEmbedder: EmbeddingBackend {
    private let recipe: EmbeddingRecipe
    private let largestPart: () -> Int
    private let wake: @Sendable () -> Void
    private var context: EmbeddingContext?
    private var prepared: PreparedEmbeddingContext?
    /// The smallest size that there was no memory for.
    private var refusedCells = Int.max
    private var pooled: PooledRows
    /// Whether the context holds what is no number.
    private var isSpoiled = false

    /// - Parameters:
    ///   - largestPart: The most tokens of a call that give the same results as calls of one block.
    ///   - wake: Called from any thread when a context was made.
    init(_ recipe: EmbeddingRecipe, largestPart: @escaping () -> Int, wake: @escaping @Sendable () -> Void) {
        self.recipe = recipe
        self.largestPart = largestPart
        self.wake = wake
        self.pooled = PooledRows(recipe.pooling, width: recipe.width)
    }

    func prepare(for count: Int, longest: Int) throws(RequestFault) -> EmbeddingCut? {
        let least = self.recipe.cells(for: count)
        try self.takePrepared(least)
        if let cells = self.context?.cells, cells >= least {
            return self.recipe.isWhole ? .whole : .blocks(atMost: min(EmbeddingContext.rows, self.largestPart()))
        }
        if self.prepared == nil {
            let wanted = self.recipe.cells(for: longest)
            self.prepared = PreparedEmbeddingContext(
                cells: wanted < self.refusedCells ? wanted : least,
                self.recipe,
                former: ContextBox(self.context.take()),
                onEnd: self.wake
            )
        }
        return nil
    }

    /// - Throws: If there was no memory even for the least.
    private func takePrepared(_ least: Int) throws(RequestFault) {
        guard let prepared = self.prepared else { return }
        do throws(RequestFault) {
            guard let context = try prepared.take() else { return }
            self.context = consume context
            self.isSpoiled = false
            self.prepared = nil
        } catch {
            self.prepared = nil
            guard prepared.cells > least else { throw error }
            self.refusedCells = min(self.refusedCells, prepared.cells)
        }
    }

    func compute(_ part: EmbeddingPart) throws(RequestFault) -> [Double]? {
        if part.isFirst {
            self.context?.clear(wipes: self.isSpoiled)
            self.isSpoiled = false
            self.pooled = PooledRows(self.recipe.pooling, width: self.recipe.width)
        }
        let code = self.recipe.abort.during(part.request) { self.context?.compute(part) ?? -1 }
        guard code == 0 else {
            // Below -1, llama.cpp failed while it computed, and leaves the context in no known state.
            if code < -1 { self.free() }
            throw RequestFault(
                .engineFailed,
                "llama.cpp could not compute the text: try again, or load the model anew",
                underlying: Int(code)
            )
        }
        for index in 0..<part.tokens.count {
            guard let row = self.context?.row(index) else {
                throw RequestFault(.engineFailed, "the model computed no embedding for a token that was asked for one")
            }
            self.pooled.add(row)
        }
        guard part.isLast else { return nil }
        let vector = self.pooled.vector
        self.isSpoiled = !vector.allSatisfy(\.isFinite)
        return vector
    }

    func free() {
        if self.context != nil { ContextBox(self.context.take()).free() }
        self.prepared = nil
        self.refusedCells = .max
        self.recipe.freed()
    }
}
