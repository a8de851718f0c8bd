package import InferenceCore

/// What is computed of a text in one call.
package struct EmbeddingPart: Sendable, Equatable {
    package var request: RequestID
    package var tokens: ArraySlice<Token>
    /// Whether the text begins here.
    package var isFirst: Bool
    /// Whether the text ends here.
    package var isLast: Bool
    /// How many tokens of the text come before.
    package var position: Int { self.tokens.startIndex }
}
