import Foundation
package import ModelStore
package import Mullama

/// Which models a server serves: those that were named at the start, the first of which is the default, and all in the model store.
package struct ModelCatalog: Sendable {
    /// A model that was named by its path.
    private struct NamedFile: Sendable {
        var text: String
        var reference: ModelReference

        /// Whether a request means it: by what the operator wrote, or by the file's name alone. A path of any other kind means nothing.
        func isMeant(by name: String) -> Bool {
            name == self.text || ModelCatalog.plain(name) == ModelCatalog.plain(self.reference.name)
        }
    }

    private enum Named: Sendable {
        case file(NamedFile)
        case stored(ModelName)
    }

    package let store: ModelStore
    private let named: [Named]
    private let facts = ModelFactsCache()

    /// - Throws: ``MullamaError`` for a name that leads to no model, and `invalidRequest` for two files that requests could not tell apart.
    package init(named: [NamedModel], store: ModelStore) throws(MullamaError) {
        self.store = store
        var all: [Named] = []
        for model in named {
            let resolved = try Self.translated { () throws(ModelStoreError) in try store.resolve(model.text) }
            if let name = resolved.name {
                all.append(.stored(name))
                continue
            }
            let base = Self.withoutExtension(resolved.url.lastPathComponent)
            let file = NamedFile(text: model.text, reference: ModelReference(name: base, url: resolved.url))
            for case .file(let other) in all where Self.plain(other.reference.name) == Self.plain(base) {
                guard other.reference.key != file.reference.key else { continue }
                throw MullamaError(
                    .invalidRequest,
                    "\(other.reference.url.path) and \(file.reference.url.path) would both be called \(base): rename one of the files, "
                        + "or import one into the store under a name of its own"
                )
            }
            all.append(.file(file))
        }
        self.named = all
    }

    /// The model that a request means. Paths mean nothing here, so that no request can reach for a file.
    ///
    /// - Parameter name: The name of a model in the store, with or without its tag, the name of a file that was named at the start, with or
    ///   without `.gguf`, or what was written there; nil for the default model.
    /// - Throws: ``MullamaError/Code/modelNotFound`` with the names that are there; what the store says about a model that is damaged.
    package func resolve(_ name: String?) throws(MullamaError) -> ModelReference {
        guard let name else {
            guard let first = self.named.first else {
                throw MullamaError(.modelNotFound, "no model was named, and this server has no default one\(self.choice)")
            }
            return try self.reference(of: first)
        }
        for case .file(let file) in self.named where file.isMeant(by: name) { return file.reference }
        guard let parsed = try? ModelName(parsing: name, catalogue: self.store.catalogue), let model = try self.stored(parsed) else {
            throw MullamaError(.modelNotFound, "there is no model \(Quoted.text(name)) here\(self.choice)")
        }
        return ModelReference(model)
    }

    /// The name in full of what may be a model in the store; others as they are.
    func canonical(_ name: String) -> String {
        (try? ModelName(parsing: name, catalogue: self.store.catalogue))?.description ?? name
    }

    /// The models that were named at the start, each once, as far as they are still there: the default one first.
    var references: [ModelReference] {
        var seen: Set<ModelKey> = []
        return self.named.compactMap { try? self.reference(of: $0) }.filter { seen.insert($0.key).inserted }
    }

    /// All models that requests can name, sorted by name. Those in the store that are damaged are left out.
    package func available() throws(MullamaError) -> [AvailableModel] {
        let first = self.defaultKey
        var models = try Self.translated { () throws(ModelStoreError) in try self.store.models() }.map { model in
            self.available(ModelReference(model), size: model.size, modified: model.addedAt, first)
        }
        var files: Set<ModelKey> = []
        for case .file(let file) in self.named where files.insert(file.reference.key).inserted {
            // A file that is gone cannot be loaded any more.
            guard let values = try? file.reference.url.resourceValues(forKeys: [.fileSizeKey, .contentModificationDateKey]) else {
                continue
            }
            models.append(
                self.available(file.reference, size: values.fileSize ?? 0, modified: values.contentModificationDate, first)
            )
        }
        return models.sorted { ($0.name, $0.reference.key) < ($1.name, $1.reference.key) }
    }

    /// Whether requests that name no model are for one: it may not be there any more.
    var hasDefault: Bool { !self.named.isEmpty }

    /// The model of requests that name none; nil if none was named at the start, or it is not there any more.
    var defaultKey: ModelKey? {
        guard let first = self.named.first else { return nil }
        return (try? self.reference(of: first))?.key
    }

    // MARK: Parts

    private func reference(of named: Named) throws(MullamaError) -> ModelReference {
        switch named {
        case .file(let file):
            return file.reference
        case .stored(let name):
            guard let model = try self.stored(name) else {
                throw MullamaError(.modelNotFound, "the model \(name) is not in the store any more\(self.choice)")
            }
            return ModelReference(model)
        }
    }

    private func stored(_ name: ModelName) throws(MullamaError) -> StoredModel? {
        try Self.translated { () throws(ModelStoreError) in try self.store.model(named: name) }
    }

    private func available(_ reference: ModelReference, size: Int, modified: Date?, _ first: ModelKey?) -> AvailableModel {
        AvailableModel(
            reference: reference,
            size: size,
            modified: modified ?? .distantPast,
            facts: self.facts.facts(of: reference.url, size: size, modified: modified),
            isDefault: reference.key == first
        )
    }

    /// What can be asked for instead, as the end of a sentence.
    private var choice: String {
        var names: [String] = []
        for case .file(let file) in self.named { names.append(file.reference.name) }
        names += ((try? self.store.models()) ?? []).map(\.name.description)
        guard !names.isEmpty else { return ", nor any other: add one with `mullama import FILE NAME`" }
        let more = names.count > 8 ? " and \(names.count - 8) more" : ""
        return ": ask for \(names.prefix(8).joined(separator: ", "))\(more)"
    }

    private static func withoutExtension(_ name: String) -> String {
        name.lowercased().hasSuffix(".gguf") && name.utf8.count > 5 ? String(name.dropLast(5)) : name
    }

    /// A name as it is compared: Ollama's clients put `:latest` behind names without a tag, and names in the store have no upper case.
    private static func plain(_ name: String) -> String {
        let lowered = name.lowercased()
        return Self.withoutExtension(lowered.hasSuffix(":latest") ? String(lowered.dropLast(7)) : lowered)
    }

    private static func translated<R>(_ body: () throws(ModelStoreError) -> R) throws(MullamaError) -> R {
        do {
            return try body()
        } catch {
            throw MullamaError(error)
        }
    }
}

extension ModelReference {
    init(_ model: StoredModel) {
        self.init(name: model.name.description, url: model.url, digest: model.digest)
    }
}
