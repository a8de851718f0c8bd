import InferenceCore

/// One call for embeddings, as the engine takes it.
struct EmbeddingJob: Sendable {
    var request: RequestID
    /// The tokens of each text, at least one.
    var texts: [[Token]]
    var form: EmbeddingForm
    var priority: RequestPriority
}
