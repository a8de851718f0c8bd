/// What a context is made for.
public struct ContextParams: Sendable, Hashable {
    static let sizes = 1...(1 << 24)

    /// Tokens of prompt and answer together that the context holds. A promise to this context alone, never divided by how many there are.
    /// Nil takes the model's.
    public var contextSize: Int?
    /// Whether the context shares computed prefixes with others of its model. The default is that it does.
    public var isolation: CacheIsolation

    public init(contextSize: Int? = nil, isolation: CacheIsolation = .shared) {
        self.contextSize = contextSize
        self.isolation = isolation
    }
}

extension ContextParams {
    func validate() throws(MullamaError) {
        guard let size = self.contextSize, !Self.sizes.contains(size) else { return }
        throw MullamaError(
            .invalidRequest,
            "contextSize is \(size): it must be \(Self.sizes.lowerBound) to \(Self.sizes.upperBound)"
        )
    }
}
