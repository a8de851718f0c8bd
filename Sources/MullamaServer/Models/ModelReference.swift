package import Foundation

/// A model that can be loaded: its name, and the file that the name leads to.
package struct ModelReference: Sendable, Hashable {
    /// The canonical name: the store's in full (`smollm2:135m`), or that of a file without its folders and `.gguf`.
    package let name: String
    /// The file.
    package let url: URL
    /// The SHA-256 of the file (`sha256:…`), of models in the store.
    package let digest: String?

    package init(name: String, url: URL, digest: String? = nil) {
        self.name = name
        self.url = url.resolvingSymlinksInPath()
        self.digest = digest
    }

    /// Names that lead to the same file are one model.
    var key: ModelKey { ModelKey(path: self.url.path) }
}
