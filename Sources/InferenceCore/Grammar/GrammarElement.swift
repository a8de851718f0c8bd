/// One element of a rule's body, as far as the shape of the grammar goes. A body ends without an element of its own.
enum GrammarElement: Sendable, Equatable {
    /// Something that takes a character or a token.
    case terminal
    /// Another rule, by its symbol.
    case reference(Int32)
    /// The border between two alternatives.
    case alternative
}
