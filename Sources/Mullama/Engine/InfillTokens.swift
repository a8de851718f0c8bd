package import InferenceCore

/// The control tokens of a model that was trained to write what stands between two texts ("fill in the middle", Bavarian et al., arXiv:2207.14255).
package struct InfillTokens: Sendable, Hashable {
    /// Stands before the text that comes before.
    package var prefix: Token
    /// Stands before the text that comes after.
    package var suffix: Token
    /// Stands where the model is to begin.
    package var middle: Token

    package init(prefix: Token, suffix: Token, middle: Token) {
        self.prefix = prefix
        self.suffix = suffix
        self.middle = middle
    }
}
