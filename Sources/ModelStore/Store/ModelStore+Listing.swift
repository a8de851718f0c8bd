import Foundation

extension ModelStore {
    /// All manifests of the store: the usable models, and those that are damaged.
    /// - Throws: ``ModelStoreError`` with the code `ioFailed` when a folder cannot be read.
    public func listing() throws(ModelStoreError) -> StoreListing {
        var listing = StoreListing()
        for url in try manifestFiles() {
            let name = name(ofManifest: url)
            do throws(ModelStoreError) {
                guard let name else {
                    throw ModelStoreError(.storeDamaged, "\(url.path) does not stand for a model's name: remove it")
                }
                if let model = try load(name) { listing.models.append(model) }
            } catch {
                listing.damaged.append(.init(url: url, name: name, error: error))
            }
        }
        listing.models.sort { $0.name < $1.name }
        listing.damaged.sort { $0.url.path < $1.url.path }
        return listing
    }

    /// The files of all manifests, whatever is in them.
    func manifestFiles() throws(ModelStoreError) -> [URL] {
        var files: [URL] = []
        for outer in try folders(in: manifests) {
            files += try jsonFiles(in: outer)
            for inner in try folders(in: outer) {
                files += try jsonFiles(in: inner)
            }
        }
        return files
    }

    /// The name that a manifest's place stands for.
    private func name(ofManifest url: URL) -> ModelName? {
        let tag = String(url.lastPathComponent.dropLast(".json".count))
        var folder = url.deletingLastPathComponent()
        let family = folder.lastPathComponent
        folder.deleteLastPathComponent()
        let isOuter = folder.standardizedFileURL.path == manifests.standardizedFileURL.path
        let text = (isOuter ? "" : folder.lastPathComponent + "/") + "\(family):\(tag)"
        // Upper-case letters in a folder's name: no model's name leads there.
        guard let name = try? ModelName(parsing: text), name.description == text else { return nil }
        return name
    }

    private func folders(in folder: URL) throws(ModelStoreError) -> [URL] {
        try entries(of: folder)
            .map { folder.appending(path: $0, directoryHint: .isDirectory) }
            .filter { FileStatus($0)?.isFolder == true }
    }

    private func jsonFiles(in folder: URL) throws(ModelStoreError) -> [URL] {
        try entries(of: folder)
            .filter { $0.hasSuffix(".json") }
            .map { folder.appending(path: $0, directoryHint: .notDirectory) }
            .filter { FileStatus($0)?.isFolder != true }
    }

    private func entries(of folder: URL) throws(ModelStoreError) -> [String] {
        guard FileStatus(folder) != nil else { return [] }
        return try Folder.entries(of: folder).filter { !$0.hasPrefix(".") }.sorted()
    }
}
