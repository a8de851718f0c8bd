import Foundation

extension ModelStore {
    /// Gives a model another name beside its own. Its content is kept once, so that it takes no time and no space. The call blocks while another
    /// process changes the store.
    /// - Parameters:
    ///   - name: The model's name, or an alias of the catalogue for it.
    ///   - other: The name to give it.
    ///   - replacing: Whether a model of that name with other content may be replaced. The replaced content is removed, unless another name
    ///     refers to it. The same content under that name is no error either way.
    /// - Returns: The model under its new name.
    /// - Throws: ``ModelStoreError`` with the code `modelNotFound`, `alreadyExists`, `storeDamaged` when the model's content is not there,
    ///   `storeTooNew`, `unsupportedModel` or `ioFailed`.
    @discardableResult
    public func copy(_ name: ModelName, to other: ModelName, replacing: Bool = false) throws(ModelStoreError) -> StoredModel {
        guard FileStatus(root)?.isFolder == true else { throw try unknown(name) }
        return try FolderLock.hold(root) { () throws(ModelStoreError) in
            guard let model = try model(named: name), var manifest = try manifest(of: model.name) else { throw try unknown(name) }
            let old: ModelManifest?
            do throws(ModelStoreError) {
                old = try self.manifest(of: other)
            } catch  where error.code == .storeDamaged {
                // Writing it anew is the way to repair it.
                old = nil
            }
            if let old, old.digest == manifest.digest { return StoredModel(name: other, manifest: old, url: model.url) }
            if let old, !replacing {
                throw ModelStoreError(
                    .alreadyExists,
                    "\(other) is in the store with other content (\(old.size) bytes, \(old.digest)): choose another name, or replace it"
                )
            }
            manifest.name = other.description
            manifest.addedAt = Date.now.formatted(.iso8601)
            try write(manifest, as: other)
            if let replaced = old.flatMap({ ContentDigest($0.digest) }) { try removeUnused(replaced) }
            return StoredModel(name: other, manifest: manifest, url: model.url)
        }
    }
}
