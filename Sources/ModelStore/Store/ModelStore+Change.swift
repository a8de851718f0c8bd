import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension ModelStore {
    /// Removes a model: its manifest and, when no other manifest refers to it, its content. An alias from the catalogue removes the model
    /// that it stands for. A damaged manifest can be removed too. The call blocks while another process changes the store.
    /// - Parameter name: The model's name.
    /// - Returns: The bytes that became free.
    /// - Throws: ``ModelStoreError`` with the code `modelNotFound` or `ioFailed`.
    @discardableResult
    public func remove(_ name: ModelName) throws(ModelStoreError) -> Int {
        guard FileStatus(root)?.isFolder == true else { throw try unknown(name) }
        return try FolderLock.hold(root) { () throws(ModelStoreError) in
            for name in [name] + alternatives(for: name) where FileStatus(manifestURL(name)) != nil {
                return try removeManifest(of: name)
            }
            throw try unknown(name)
        }
    }

    private func removeManifest(of name: ModelName) throws(ModelStoreError) -> Int {
        let url = manifestURL(name)
        // A damaged manifest does not say what it refers to; removing it is the way to repair the store all the same.
        let digest = (try? manifest(of: name)).flatMap { $0 }.flatMap { ContentDigest($0.digest) }
        guard unlink(url.path) == 0 else { throw SystemError.failure("remove", url.path) }
        removeEmptyFolders(above: url)
        guard let digest else { return 0 }
        return try removeUnused(digest)
    }

    /// Removes a content that no manifest refers to; returns the bytes that became free. The caller holds the lock.
    @discardableResult
    package func removeUnused(_ digest: ContentDigest) throws(ModelStoreError) -> Int {
        let wanted = Data(digest.hex.utf8)
        for url in try manifestFiles() {
            // Bytes instead of fields: what a manifest that cannot be decoded refers to is kept too.
            if let json = try? manifestData(url), json.range(of: wanted) != nil { return 0 }
        }
        let url = blobURL(digest)
        guard let size = FileStatus(url)?.regularSize else { return 0 }
        guard unlink(url.path) == 0 else { throw SystemError.failure("remove", url.path) }
        return size
    }

    /// Writes a manifest so that every reader sees the old one or the new one, never a part. The caller holds the lock.
    package func write(_ manifest: ModelManifest, as name: ModelName) throws(ModelStoreError) {
        let url = manifestURL(name)
        let folder = url.deletingLastPathComponent()
        try Folder.create(folder)
        TemporaryFile.sweep(folder)
        let json: Data
        do {
            json = try manifest.json()
        } catch {
            throw ModelStoreError(.ioFailed, "cannot write \(url.path): its fields cannot be put as JSON (\(error))")
        }
        var file = try TemporaryFile(in: folder)
        let bytes = Array(json) + [UInt8(ascii: "\n")]
        try bytes.withUnsafeBufferPointer { (buffer) throws(ModelStoreError) in
            try file.write(UnsafeRawBufferPointer(buffer))
        }
        try file.commit(to: url)
    }

    private func removeEmptyFolders(above url: URL) {
        var folder = url.deletingLastPathComponent()
        // rmdir refuses a folder that is not empty.
        while folder.standardizedFileURL.path != manifests.standardizedFileURL.path, rmdir(folder.path) == 0 {
            folder.deleteLastPathComponent()
        }
    }
}
