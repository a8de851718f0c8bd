public import InferenceCore

/// A text as a point in the model's space: texts of like meaning are close to each other.
public struct Embedding: Sendable, Hashable {
    /// The numbers. Those of two texts compare by their dot product, if they have unit length.
    public var vector: [Float]
    /// Tokens that were computed for it, special ones included.
    public var promptTokens: Int

    public init(vector: [Float], promptTokens: Int) {
        self.vector = vector
        self.promptTokens = promptTokens
    }
}

extension Sequence<Embedding> {
    /// What all of them took together.
    public var usage: Usage {
        Usage(promptTokens: self.reduce(0) { $0 + $1.promptTokens })
    }
}
