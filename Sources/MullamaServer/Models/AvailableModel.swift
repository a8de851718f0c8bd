package import Foundation

/// A model that requests can name, in memory or not.
package struct AvailableModel: Sendable, Hashable {
    /// Its canonical name and its file.
    package var reference: ModelReference
    /// Bytes of the file.
    package var size: Int
    /// When the file was added to the store, or was last changed.
    package var modified: Date
    /// What its header says; nil if it cannot be read.
    package var facts: ModelFacts?
    /// Whether requests that name no model get this one.
    package var isDefault: Bool

    package var name: String { self.reference.name }
    /// The SHA-256 of the file (`sha256:…`), of models in the store.
    package var digest: String? { self.reference.digest }
}
