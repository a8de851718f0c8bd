import CLlama
import InferenceCore
import ModelStore

extension EmbeddingSupport {
    /// - Parameter check: Knows of what sizes the parts of a text may be without a change in the result.
    init(_ weights: ModelWeights, _ header: GGUFHeader, _ settings: EngineSettings, _ check: ReproducibilityCheck) {
        let contextSize = max(1, Int(llama_model_n_ctx_train(weights.pointer)))
        let abort = AbortSignal()
        let pooling = Result { () throws(MullamaError) in try EmbeddingPooling(header) }
        self.init(
            width: weights.embeddingWidth,
            contextSize: contextSize,
            refusal: pooling.failure,
            abort: abort
        ) { wake in
            let recipe = EmbeddingRecipe(
                weights,
                header,
                settings,
                pooling: (try? pooling.get()) ?? .mean,
                contextSize: contextSize,
                abort: abort
            )
            return LlamaEmbedder(recipe, largestPart: { check.status.report?.prefillChunk ?? PrefillBlocks.size }, wake: wake)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
