package import Foundation

/// What the store keeps about a model beside its content: a small JSON file, which our set-up script writes too.
package struct ModelManifest: Codable, Sendable, Hashable {
    /// The version of the manifest's form that this program writes, and the newest that it reads.
    package static let currentSchema = 1

    package var schemaVersion = Self.currentSchema
    package var name: String
    package var digest: String
    package var size: Int
    package var format = "gguf"
    package var license: String?
    package var source: String?
    package var addedAt: String

    package init(name: ModelName, digest: ContentDigest, size: Int, license: String?, source: String?, addedAt: Date) {
        self.name = name.description
        self.digest = digest.description
        self.size = size
        self.license = license
        self.source = source
        self.addedAt = addedAt.formatted(.iso8601)
    }

    /// Reads a manifest and checks all that can be told from it alone.
    package init(json: Data, name: ModelName, path: String) throws(ModelStoreError) {
        struct Version: Decodable {
            let schemaVersion: Int
        }
        let decoder = JSONDecoder()
        do {
            let version = try decoder.decode(Version.self, from: json).schemaVersion
            guard version <= Self.currentSchema else {
                throw ModelStoreError(
                    .storeTooNew,
                    "\(path) was written by a newer Mullama (schema \(version), and this one reads up to \(Self.currentSchema)): update Mullama"
                )
            }
            self = try decoder.decode(Self.self, from: json)
        } catch let error as ModelStoreError {
            throw error
        } catch {
            throw Self.damaged(path, name, Self.reason(error))
        }
        guard self.name == name.description else {
            throw Self.damaged(path, name, "it is about \(Quoted.text(self.name))")
        }
        guard ContentDigest(digest) != nil else {
            throw Self.damaged(path, name, "its digest is \(Quoted.text(digest)), and 'sha256:' with 64 lower-case hex digits is needed")
        }
        guard size > 0 else {
            throw Self.damaged(path, name, "its size is \(size)")
        }
        guard format == "gguf" else {
            throw ModelStoreError(.unsupportedModel, "\(name) has the format \(Quoted.text(format)), and 'gguf' is supported")
        }
    }

    /// The manifest as JSON with a fixed order of its fields.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// The error for a manifest that cannot be used.
    static func damaged(_ path: String, _ name: ModelName, _ reason: String) -> ModelStoreError {
        ModelStoreError(.storeDamaged, "the manifest \(path) cannot be used: \(reason); run `mullama remove \(name)` and add it again")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "the field \(Quoted.text(key.stringValue)) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "the field \(Quoted.text(context.codingPath.last?.stringValue ?? "")) has the wrong type"
        default: "it is not the JSON of a manifest"
        }
    }
}
