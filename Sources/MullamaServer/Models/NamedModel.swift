/// A model that the operator named at the start: a path to a GGUF file, or a name in the model store.
///
/// Only here may a model be named by its path. Requests choose among these and the store's names.
package struct NamedModel: Sendable, Hashable, ExpressibleByStringLiteral {
    /// What was written on the command line or in the configuration.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(stringLiteral text: String) {
        self.text = text
    }
}
