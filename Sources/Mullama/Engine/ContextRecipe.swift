import InferenceCore

/// All that it takes to make C contexts for a model, but for their shape.
struct ContextRecipe: Sendable {
    var weights: ModelWeights
    var settings: EngineSettings
    /// The most rows of one call: the settings' or, if that is more, one for each sequence.
    var rows: Int
    var abort: AbortSignal

    func make(_ geometry: CacheGeometry) throws(RequestFault) -> LlamaContext {
        try LlamaContext(
            self.weights,
            geometry: geometry,
            settings: self.settings,
            rows: self.rows,
            abort: self.abort
        )
    }
}
