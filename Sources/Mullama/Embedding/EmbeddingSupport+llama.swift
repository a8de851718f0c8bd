import CLlama
import ModelStore

extension EmbeddingSupport {
    /// - Parameters:
    ///   - isWhole: Whether tokens look at all others, so that a text is one call.
    ///   - largestPart: The most tokens of a part that give the same results as parts of one block.
    init(
        _ weights: ModelWeights,
        _ header: GGUFHeader,
        _ settings: EngineSettings,
        isWhole: Bool,
        largestPart: @escaping @Sendable () -> Int
    ) {
        let contextSize = max(1, Int(llama_model_n_ctx_train(weights.pointer)))
        let abort = AbortSignal()
        var pooling = EmbeddingPooling.mean
        var refusal: MullamaError?
        do throws(MullamaError) {
            pooling = try EmbeddingPooling(header)
        } catch {
            refusal = error
        }
        self.init(width: weights.embeddingWidth, contextSize: contextSize, refusal: refusal, abort: abort) { [pooling] wake in
            let recipe = EmbeddingRecipe(
                weights,
                header,
                settings,
                isWhole: isWhole,
                pooling: pooling,
                contextSize: contextSize,
                abort: abort
            )
            return LlamaEmbedder(recipe, largestPart: largestPart, wake: wake)
        }
    }
}
