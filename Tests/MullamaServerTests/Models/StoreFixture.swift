import Foundation
import ModelStore

@testable import MullamaServer

/// A model store in a folder of its own, which is gone with it. Its models are files with anything in them.
final class StoreFixture: Sendable {
    let folder: URL
    let store: ModelStore

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(
            path: "mullama-test-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        self.store = ModelStore(root: self.folder.appending(path: "store", directoryHint: .isDirectory))
        for url in [self.store.blobs, self.store.manifests] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Adds a model to the store.
    ///
    /// - Parameter content: Models with the same content are one file.
    @discardableResult
    func add(_ name: String, content: [UInt8]? = nil) throws -> StoredModel {
        let content = content ?? Array(name.utf8)
        let name = try ModelName(parsing: name)
        // Told apart is all that they have to be.
        var hash = Hasher()
        hash.combine(content)
        let seed = UInt64(bitPattern: Int64(hash.finalize()))
        let digest = ContentDigest(bytes: (0..<32).map { UInt8(truncatingIfNeeded: seed >> UInt64($0 % 8 * 8)) })
        try Data(content).write(to: self.store.blobURL(digest))
        let manifest = ModelManifest(name: name, digest: digest, size: content.count, license: nil, source: nil, addedAt: .now)
        try self.store.write(manifest, as: name)
        return StoredModel(name: name, manifest: manifest, url: self.store.blobURL(digest))
    }

    /// Writes a file outside of the store.
    func file(_ path: String, content: [UInt8]? = nil) throws -> URL {
        let url = self.folder.appending(path: path, directoryHint: .notDirectory)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content ?? Array(path.utf8)).write(to: url)
        return url
    }
}
