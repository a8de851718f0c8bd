public import Foundation

/// A model in the store, whose content is there and has the right size.
public struct StoredModel: Sendable, Hashable {
    /// The name that it was added under.
    public let name: ModelName
    /// The SHA-256 of its file, as `sha256:` and 64 hexadecimal digits.
    public let digest: String
    /// The size of its file in bytes.
    public let size: Int
    /// The model's license; nil when nobody noted it.
    public let license: String?
    /// Where the file came from, in words; nil when nobody noted it.
    public let source: String?
    /// When it was added; nil when the manifest's time cannot be read.
    public let addedAt: Date?
    /// The model's file.
    public let url: URL

    package init(name: ModelName, manifest: ModelManifest, url: URL) {
        self.name = name
        self.digest = manifest.digest
        self.size = manifest.size
        self.license = manifest.license
        self.source = manifest.source
        self.addedAt = try? Date(manifest.addedAt, strategy: .iso8601)
        self.url = url
    }
}
