import Foundation
import ModelImport
import ModelStore
import MullamaTestSupport

/// A store in a folder of its own, with helpers to fill and damage it.
struct StoreFixture {
    let folder: TemporaryFolder
    let store: ModelStore

    init() throws {
        folder = try TemporaryFolder()
        store = ModelStore(root: folder.url.appending(path: "store", directoryHint: .isDirectory))
    }

    /// A model file outside of the store; another `name` makes another content.
    func modelFile(_ name: String = "Small", license: String? = nil) throws -> URL {
        try folder.write(GGUFBuilder.smallModel(named: name, license: license).build(), to: "\(name).gguf")
    }

    @discardableResult
    func add(_ name: String, content: String = "Small", replacing: Bool = false) throws -> StoredModel {
        try store.add(contentsOf: modelFile(content), as: ModelName(parsing: name), replacing: replacing)
    }

    func model(_ name: String) throws -> StoredModel? {
        try store.model(named: ModelName(parsing: name))
    }

    func manifest(_ name: String) throws -> URL {
        store.manifestURL(try ModelName(parsing: name))
    }

    /// The files of the store, by their paths in it.
    func files() -> [String] {
        folder.files().filter { $0.hasPrefix("store/") && $0 != "store/.lock" }.map { String($0.dropFirst("store/".count)) }
    }

    /// Runs `body`, which must fail, and returns its error.
    func failure(_ body: () throws -> Void) -> ModelStoreError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ModelStoreError
        }
    }
}
