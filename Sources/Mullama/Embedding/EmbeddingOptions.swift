public import InferenceCore

/// How embeddings are computed.
public struct EmbeddingOptions: Sendable {
    /// Only the first so many numbers of each vector, for models that were trained to put what matters most there (Matryoshka embeddings,
    /// arXiv:2205.13147). 1 to the vector's length; nil for all.
    public var dimensions: Int?
    /// Whether vectors are scaled to unit length, after they were cut to ``dimensions``.
    public var normalize: Bool
    /// Whether a text that is longer than ``contextSize`` is cut to its first tokens, the one kept that the model wants at the end of a text.
    /// Otherwise it is refused.
    public var truncate: Bool
    /// The most tokens of a text, 1 to what the model was trained for; nil for that.
    public var contextSize: Int?
    /// Who goes first when several calls for embeddings wait; beside generations, ``RequestPriority/batch`` takes less of the time. Nil follows the
    /// priority of the calling task, as in ``GenerationOptions/priority``.
    public var priority: RequestPriority?
    /// How long the call may take from the moment it is made, all texts together. Then it throws ``MullamaError/Code/timedOut``.
    public var deadline: Duration?
    /// Cancels the call from outside of its task.
    public var cancellation: CancellationToken?

    public init(
        dimensions: Int? = nil,
        normalize: Bool = true,
        truncate: Bool = false,
        contextSize: Int? = nil,
        priority: RequestPriority? = nil,
        deadline: Duration? = nil,
        cancellation: CancellationToken? = nil
    ) {
        self.dimensions = dimensions
        self.normalize = normalize
        self.truncate = truncate
        self.contextSize = contextSize
        self.priority = priority
        self.deadline = deadline
        self.cancellation = cancellation
    }
}

extension EmbeddingOptions {
    /// Throws ``MullamaError/Code/invalidRequest`` for the first value that is out of its range.
    func validate(for support: EmbeddingSupport) throws(MullamaError) {
        func require(_ value: Int?, upTo most: Int, _ name: String, _ limit: String) throws(MullamaError) {
            guard let value, !(1...max(1, most)).contains(value) else { return }
            throw MullamaError(.invalidRequest, "\(name) is \(value): it must be 1 to \(most), \(limit)")
        }
        try require(self.dimensions, upTo: support.width, "dimensions", "the length of the model's embeddings")
        try require(self.contextSize, upTo: support.contextSize, "contextSize", "the tokens that the model was trained on at once")
        guard self.deadline.map({ $0 > .zero }) ?? true else {
            throw MullamaError(.invalidRequest, "deadline is \(self.deadline ?? .zero): it must be above zero")
        }
    }
}
