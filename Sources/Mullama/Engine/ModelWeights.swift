import CLlama

/// A model's weights in memory, shared by every engine that runs them.
///
/// Sendable by hand: nothing writes to a `llama_model` after it was loaded, and llama.cpp documents that many contexts, on many threads, may
/// use one model.
final class ModelWeights: @unchecked Sendable {
    private let model: LlamaModel

    init(_ model: consuming LlamaModel) {
        self.model = model
    }

    var pointer: OpaquePointer { self.model.pointer }

    /// Numbers of an embedding.
    var embeddingWidth: Int { Int(llama_model_n_embd_out(self.pointer)) }
    /// Tokens that some layers see at most; 0 if all see all.
    var window: Int { Int(llama_model_n_swa(self.pointer)) }
    var hasWindow: Bool { self.window > 0 }
    /// Whether some layers keep a state instead of all tokens, and others keep all tokens.
    var isHybrid: Bool { llama_model_is_hybrid(self.pointer) }
    /// Whether some or all layers keep a state, which cannot be rolled back.
    var hasState: Bool { llama_model_is_recurrent(self.pointer) || self.isHybrid }
}
