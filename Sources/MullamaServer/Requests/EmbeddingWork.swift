/// What a request for embeddings has a model compute.
struct EmbeddingWork: Sendable, Hashable {
    let texts: Int
    /// Of all texts; nil before the end.
    var tokens: Int?
    /// From the model's being there to the last vector; nil before the end.
    var duration: Duration?
}
