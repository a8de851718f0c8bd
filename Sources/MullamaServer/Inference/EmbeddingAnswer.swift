import Mullama

/// Vectors, in the order of their texts.
struct EmbeddingAnswer: Sendable {
    /// Which model they are of.
    var model: ModelReference
    var embeddings: [Embedding]
    /// How long the request waited for its model.
    var loadTime: Duration
}
