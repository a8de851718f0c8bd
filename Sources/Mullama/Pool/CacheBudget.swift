/// What the KV cache of a model costs, and what it may cost.
package struct CacheBudget: Sendable, Hashable {
    /// Bytes that one token takes, all layers together.
    package var bytesPerToken: Int
    /// The most bytes for all contexts together, where the model was loaded with a limit.
    package var limit: Int?
    /// The most generations computed together.
    package var parallel: Int

    package init(bytesPerToken: Int, limit: Int? = nil, parallel: Int) {
        self.bytesPerToken = bytesPerToken
        self.limit = limit
        self.parallel = parallel
    }
}
