import InferenceCore

/// All that it takes to make C contexts for a model, but for their shape.
struct ContextRecipe: Sendable {
    var weights: ModelWeights
    var cacheType: CacheType
    /// The most rows of one call.
    var rows: Int
    var threads: Int
    var abort: AbortSignal

    func make(_ geometry: CacheGeometry) throws(RequestFault) -> LlamaContext {
        try LlamaContext(
            self.weights,
            geometry: geometry,
            cacheType: self.cacheType,
            rows: self.rows,
            threads: self.threads,
            abort: self.abort
        )
    }
}
