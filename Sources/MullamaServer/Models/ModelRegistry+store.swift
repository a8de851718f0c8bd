package import ModelStore
import Mullama

extension ModelRegistry {
    /// Gives a model of the store another name beside its own. The content is there once.
    ///
    /// - Throws: ``MullamaError/Code/modelNotFound``; `invalidRequest` for a name that cannot be one; `ioFailed`.
    @discardableResult
    package func copy(_ name: String, to other: String) async throws -> StoredModel {
        let store = self.catalog.store
        guard let to = try? ModelName(parsing: other, catalogue: store.catalogue) else {
            throw MullamaError(
                .invalidRequest,
                "\(Quoted.text(other)) cannot be a model's name: write it like smollm2:135m or my/helper:v2"
            )
        }
        return try await Self.withStore(store) { store throws(ModelStoreError) in
            try store.copy(ModelName(parsing: name, catalogue: store.catalogue), to: to, replacing: true)
        }
    }

    /// Removes a model from the store, and its content if it has no other name. If it is in memory, it is unloaded as soon as nobody uses it.
    ///
    /// - Throws: ``MullamaError/Code/modelNotFound``, also for a file that was named at the start: it is not the store's. `ioFailed`.
    package func delete(_ name: String) async throws {
        let (removed, hasOtherName) = try await Self.withStore(self.catalog.store) {
            store throws(ModelStoreError) -> (ModelReference?, Bool) in
            let parsed = try ModelName(parsing: name, catalogue: store.catalogue)
            let model = (try? store.model(named: parsed)).flatMap(\.self)
            try store.remove(parsed)
            let hasOtherName = try store.models().contains { $0.digest == model?.digest }
            return (model.map { ModelReference($0) }, hasOtherName)
        }
        if let removed, !hasOtherName { self.unloadWhenIdle(removed.key) }
        // What it led to before its content was replaced.
        let full = self.catalog.canonical(name)
        for model in self.loaded where model.reference.name == full && model.reference.key != removed?.key {
            self.unloadWhenIdle(model.reference.key)
        }
    }

    /// The store blocks, so it is used on a thread of its own.
    private static func withStore<R: Sendable>(
        _ store: ModelStore,
        _ body: @escaping @Sendable (ModelStore) throws(ModelStoreError) -> R
    ) async throws -> R {
        try await InferenceThread.performOnce(name: "mullama-store") {
            do throws(ModelStoreError) {
                return try body(store)
            } catch {
                throw MullamaError(error)
            }
        }
    }
}
