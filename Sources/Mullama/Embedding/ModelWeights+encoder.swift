import CLlama
import InferenceCore
import ModelStore

extension ModelWeights {
    /// Whether all tokens look at all others, as in BERT: such a model computes embeddings and does not generate.
    ///
    /// llama.cpp tells it of a context alone. The smallest one is made, a few milliseconds, for files that say anything of embeddings.
    func isEncoder(_ header: GGUFHeader) async throws -> Bool {
        guard header.fact("pooling_type") != nil || header.fact("attention.causal") != nil else { return false }
        return try await InferenceThread.performOnce(name: "mullama-load") {
            do throws(RequestFault) {
                let context = try EmbeddingContext(
                    self,
                    cells: 256,
                    isWhole: false,
                    isPooled: header.fact("pooling_type") != nil,
                    settings: EngineSettings(threads: 1),
                    abort: AbortSignal()
                )
                return !context.isCausal
            } catch {
                throw MullamaError(error)
            }
        }
    }
}
