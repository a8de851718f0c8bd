import Foundation
import ModelStore

/// What the caller of an import said about the model, beside its content.
struct ModelNote {
    let name: ModelName
    let size: Int
    let license: String?
    let fallbackLicense: String?
    let source: String?
    let replacing: Bool

    /// The manifest to write. Adding the same content again keeps what the previous one knows and this note does not.
    func manifest(_ digest: ContentDigest, previous: ModelManifest?) -> ModelManifest {
        let same = previous.flatMap { $0.digest == digest.description ? $0 : nil }
        var manifest = ModelManifest(
            name: name,
            digest: digest,
            size: size,
            license: license ?? same?.license ?? fallbackLicense,
            source: source ?? same?.source,
            addedAt: Date()
        )
        if let same { manifest.addedAt = same.addedAt }
        return manifest
    }
}
