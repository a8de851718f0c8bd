public import Foundation

/// The models on this machine's disk: content under its SHA-256, and small manifests that give names to it.
///
/// ```
/// root/blobs/sha256-<hex>
/// root/manifests/<family>/<tag>.json
/// root/manifests/<namespace>/<family>/<tag>.json
/// ```
///
/// A store holds no state in memory: several processes may use the same folder at once. All calls block while they read the disk.
public struct ModelStore: Sendable {
    /// The store's folder. It need not exist; a missing folder is an empty store.
    public let root: URL
    /// Where aliases and suggestions come from.
    public let catalogue: ModelCatalogue

    /// Opens a store; touches nothing on the disk.
    /// - Parameters:
    ///   - root: The store's folder.
    ///   - catalogue: Where aliases and suggestions come from.
    public init(root: URL = Self.defaultRoot, catalogue: ModelCatalogue = .standard) {
        self.root = root.standardizedFileURL
        self.catalogue = catalogue
    }

    /// The folder that is used unless another is given: `$MULLAMA_MODELS`, else `mullama/models` in `$XDG_CACHE_HOME`, else
    /// `~/.cache/mullama/models`.
    public static var defaultRoot: URL {
        defaultRoot(environment: ProcessInfo.processInfo.environment)
    }

    /// The folder that is used with the given environment variables. Empty variables count as missing.
    public static func defaultRoot(environment: [String: String]) -> URL {
        if let root = folder("MULLAMA_MODELS", environment) { return root }
        return cacheFolder(environment: environment).appending(path: "models", directoryHint: .isDirectory)
    }

    /// The user's folder for what can be made again: `mullama` in `$XDG_CACHE_HOME`, else `~/.cache/mullama`.
    package static var cacheFolder: URL { cacheFolder(environment: ProcessInfo.processInfo.environment) }

    private static func cacheFolder(environment: [String: String]) -> URL {
        let home = folder("HOME", environment) ?? FileManager.default.homeDirectoryForCurrentUser
        let cache = folder("XDG_CACHE_HOME", environment) ?? home.appending(path: ".cache", directoryHint: .isDirectory)
        return cache.appending(path: "mullama", directoryHint: .isDirectory)
    }

    private static func folder(_ variable: String, _ environment: [String: String]) -> URL? {
        guard let path = environment[variable], !path.isEmpty else { return nil }
        return URL(filePath: path, directoryHint: .isDirectory)
    }

    /// The usable models, sorted by name. Damaged manifests are left out; ``listing()`` reports them.
    /// - Throws: ``ModelStoreError`` with the code `ioFailed` when the folder cannot be read.
    public func models() throws(ModelStoreError) -> [StoredModel] {
        try listing().models
    }

    /// The model of a name or of an alias from the catalogue.
    /// - Returns: nil when the store has no such model.
    /// - Throws: ``ModelStoreError`` with the code `storeDamaged` when the manifest cannot be used or its content is gone or of the wrong
    ///   size, `storeTooNew`, `unsupportedModel` or `ioFailed`.
    public func model(named name: ModelName) throws(ModelStoreError) -> StoredModel? {
        for name in [name] + alternatives(for: name) {
            if let model = try load(name) { return model }
        }
        return nil
    }

    /// The model of exactly this name; nil when there is none.
    func load(_ name: ModelName) throws(ModelStoreError) -> StoredModel? {
        var previous: ModelManifest?
        while let manifest = try manifest(of: name) {
            do throws(ModelStoreError) {
                return try checked(name, manifest)
            } catch {
                // A model that is being replaced loses its content between our two looks: only a second look tells that from damage.
                guard manifest != previous else { throw error }
                previous = manifest
            }
        }
        return nil
    }

    /// The names under which the catalogue knows the same model.
    func alternatives(for name: ModelName) -> [ModelName] {
        guard let canonical = catalogue.entry(for: name)?.name, canonical != name else { return [] }
        return [canonical]
    }

    /// The manifest of exactly this name; nil when there is none.
    package func manifest(of name: ModelName) throws(ModelStoreError) -> ModelManifest? {
        let url = manifestURL(name)
        guard let json = try manifestData(url) else { return nil }
        return try ModelManifest(json: json, name: name, path: url.path)
    }

    /// A model whose content was found to be there in full.
    private func checked(_ name: ModelName, _ manifest: ModelManifest) throws(ModelStoreError) -> StoredModel {
        guard let digest = ContentDigest(manifest.digest) else {
            throw ModelManifest.damaged(manifestURL(name).path, name, "its digest is malformed")
        }
        let url = blobURL(digest)
        let advice = "run `mullama remove \(name)` and add it again"
        guard let size = FileStatus(url)?.regularSize else {
            throw ModelStoreError(.storeDamaged, "the content of \(name) is gone: \(url.path) is not there; \(advice)")
        }
        guard size == manifest.size else {
            throw ModelStoreError(
                .storeDamaged,
                "the content of \(name) has \(size) bytes and should have \(manifest.size): \(url.path) is damaged; \(advice)"
            )
        }
        return StoredModel(name: name, manifest: manifest, url: url)
    }

    // MARK: Places

    /// The folder of contents.
    package var blobs: URL { root.appending(path: "blobs", directoryHint: .isDirectory) }

    /// The folder of manifests.
    package var manifests: URL { root.appending(path: "manifests", directoryHint: .isDirectory) }

    /// The file with a certain content.
    package func blobURL(_ digest: ContentDigest) -> URL {
        blobs.appending(path: digest.fileName, directoryHint: .notDirectory)
    }

    /// The manifest's file of a name.
    package func manifestURL(_ name: ModelName) -> URL {
        var url = manifests
        if let namespace = name.namespace { url.append(path: namespace, directoryHint: .isDirectory) }
        url.append(path: name.family, directoryHint: .isDirectory)
        return url.appending(path: "\(name.tag).json", directoryHint: .notDirectory)
    }

    /// The bytes of a manifest's file; nil when there is no such file.
    func manifestData(_ url: URL) throws(ModelStoreError) -> Data? {
        let file: ReadableFile
        do {
            file = try ReadableFile(url)
        } catch  where error.code == .modelNotFound {
            return nil
        }
        // Ours have some 300 bytes. A larger file is none, and must not be read into memory.
        guard file.size <= 1 << 20 else {
            throw ModelStoreError(.storeDamaged, "\(url.path) has \(file.size) bytes and is no manifest: remove it")
        }
        return Data(try file.bytes(in: 0..<file.size))
    }
}
