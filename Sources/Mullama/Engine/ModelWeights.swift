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
}
