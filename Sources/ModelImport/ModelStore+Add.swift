public import Foundation
public import ModelStore

extension ModelStore {
    /// Copies a GGUF file into the store under a name.
    ///
    /// The same content under two names is kept once. Whatever goes wrong, and also when the process dies, the store holds the model in
    /// full or not at all. What was changed is on the disk when the call returns.
    ///
    /// The call blocks for as long as reading and writing the file takes, minutes for a large one: run it on a thread of your own, never
    /// on one of Swift's cooperative pool.
    /// - Parameters:
    ///   - file: A GGUF file. It is left as it is.
    ///   - name: The name to give it.
    ///   - license: The model's license; the one that the file names, when nil.
    ///   - source: Where the file comes from, in words.
    ///   - replacing: Whether a model of that name with other content may be replaced. The replaced content is removed, unless another name
    ///     refers to it. The same content under the same name is no error either way.
    ///   - onProgress: Called on this thread with the share that is done, from 0 to 1; it may jump to 1.
    ///   - isCancelled: Asked every few megabytes; true ends the call.
    /// - Returns: The model in the store.
    /// - Throws: ``ModelStoreError`` with the code `alreadyExists`, `cancelled`, `unsupportedModel` (a part of a split model, an adapter, or
    ///   another kind of file that is no model), `ioFailed` (no space, no permission, or the file changed meanwhile), or any of
    ///   ``GGUFHeader/init(contentsOf:)``.
    @discardableResult
    public func add(
        contentsOf file: URL,
        as name: ModelName,
        license: String? = nil,
        source: String? = nil,
        replacing: Bool = false,
        onProgress: ((Double) -> Void)? = nil,
        isCancelled: (() -> Bool)? = nil
    ) throws(ModelStoreError) -> StoredModel {
        let header = try GGUFHeader(contentsOf: file)
        try Self.requireWholeModel(header)
        let size = header.fileSize
        if let taken = try usableManifest(of: name), taken.size != size, !replacing {
            throw Self.taken(name, taken)
        }
        try Folder.create(blobs)
        TemporaryFile.sweep(blobs)

        let input = try ReadableFile(file)
        guard input.size == size else { throw ContentScan.changed(input.path) }
        let note = ModelNote(
            name: name,
            size: size,
            license: license,
            fallbackLicense: header.license,
            source: source,
            replacing: replacing
        )
        // A content of the same size is most likely the same content: reading it once more is then cheaper than writing it.
        let passes = try holdsContent(ofSize: size) ? 2 : 1
        let scan = ContentScan(isCancelled: isCancelled)
        var copy: TemporaryFile?
        if passes == 2 {
            let digest = try scan.digest(of: input) { (_, done) throws(ModelStoreError) in onProgress?(Double(done) / Double(size * passes))
            }
            if let model = try publish(&copy, digest, note) {
                onProgress?(1)
                return model
            }
        }
        try requireSpace(for: size, name)
        copy = try TemporaryFile(in: blobs)
        let digest = try scan.digest(of: input) { (bytes, done) throws(ModelStoreError) in
            try copy?.write(bytes)
            onProgress?(Double(done + (passes - 1) * size) / Double(size * passes))
        }
        guard let model = try publish(&copy, digest, note) else {
            throw ModelStoreError(.ioFailed, "the content of \(name) could not be put into \(blobs.path): try again")
        }
        return model
    }

    /// Puts a content in its place, unless it is there already, and then the manifest that refers to it.
    /// - Returns: nil when the content is not there and `copy` is nil.
    private func publish(
        _ copy: inout TemporaryFile?,
        _ digest: ContentDigest,
        _ note: ModelNote
    ) throws(ModelStoreError) -> StoredModel? {
        try FolderLock.hold(root) { () throws(ModelStoreError) in
            let old = try usableManifest(of: note.name)
            if let old, old.digest != digest.description, !note.replacing {
                throw Self.taken(note.name, old)
            }
            let blob = blobURL(digest)
            if FileStatus(blob)?.regularSize != note.size {
                guard try copy?.commit(to: blob) != nil else { return nil }
            }
            let manifest = note.manifest(digest, previous: old)
            do throws(ModelStoreError) {
                try write(manifest, as: note.name)
            } catch {
                _ = try? removeUnused(digest)
                throw error
            }
            if let old, let replaced = ContentDigest(old.digest), replaced != digest {
                try removeUnused(replaced)
            }
            return StoredModel(name: note.name, manifest: manifest, url: blob)
        }
    }

    /// The manifest of a name; nil as well when it is damaged, since adding the model again is the way to repair it.
    private func usableManifest(of name: ModelName) throws(ModelStoreError) -> ModelManifest? {
        do {
            return try manifest(of: name)
        } catch  where error.code == .storeDamaged {
            return nil
        }
    }

    private func holdsContent(ofSize size: Int) throws(ModelStoreError) -> Bool {
        try Folder.entries(of: blobs).contains { entry in
            !entry.hasPrefix(".") && FileStatus(blobs.appending(path: entry, directoryHint: .notDirectory))?.regularSize == size
        }
    }

    private func requireSpace(for size: Int, _ name: ModelName) throws(ModelStoreError) {
        guard let free = Folder.freeBytes(blobs), free < size else { return }
        throw ModelStoreError(
            .ioFailed,
            "\(name) needs \(size) bytes in \(blobs.path), and \(free) are free: free some space, or set MULLAMA_MODELS to a folder on a"
                + " larger disk"
        )
    }

    private static func requireWholeModel(_ header: GGUFHeader) throws(ModelStoreError) {
        func refuse(_ reason: String) -> ModelStoreError {
            ModelStoreError(.unsupportedModel, "\(header.url.path) cannot be added: \(reason)")
        }
        guard header.splitCount == 1 else {
            throw refuse(
                "it is part \(header.splitIndex &+ 1) of \(header.splitCount); merge the parts with `llama-gguf-split --merge` first, or use"
                    + " the first part by its path"
            )
        }
        guard header.kind == "model" else { throw refuse("it is no model but of the kind '\(header.kind)'") }
        guard header.architecture != nil else { throw refuse("it does not say its architecture; get another conversion of the model") }
        guard !header.tensors.isEmpty else { throw refuse("it holds no weights; get another conversion of the model") }
    }

    private static func taken(_ name: ModelName, _ manifest: ModelManifest) -> ModelStoreError {
        ModelStoreError(
            .alreadyExists,
            "\(name) is in the store with other content (\(manifest.size) bytes, \(manifest.digest)): choose another name, or replace it"
                + " (`mullama import --replace`)"
        )
    }
}
