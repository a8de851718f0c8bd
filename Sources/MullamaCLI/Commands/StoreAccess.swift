import ArgumentParser
import ModelStore
import Mullama

/// The model store as the commands use it: with the errors that loading a model gives.
enum StoreAccess {
    static func resolve(_ nameOrPath: String) throws(MullamaError) -> ResolvedModel {
        do {
            return try ModelStore().resolve(nameOrPath)
        } catch {
            throw MullamaError(error)
        }
    }

    static func header(_ model: ResolvedModel) throws(MullamaError) -> GGUFHeader {
        do {
            return try GGUFHeader(contentsOf: model.url)
        } catch {
            throw MullamaError(error)
        }
    }

    /// Whether a text can only be meant as a model: it is written like a path or a full name, or it is the name of one that is there.
    static func names(_ text: String) -> Bool {
        if ["/", "./", "../", "~/", "file:"].contains(where: text.hasPrefix), !text.contains(where: \.isWhitespace) { return true }
        if text.lowercased().hasSuffix(".gguf") { return true }
        guard let name = try? ModelName(parsing: text) else { return false }
        if text.contains(":") { return true }
        do {
            return try ModelStore().model(named: name) != nil
        } catch {
            // It is there, and damaged.
            return true
        }
    }
}

extension ModelName {
    /// The names in the store, for shells.
    static var completion: CompletionKind {
        .custom { _, _, prefix in
            let names = (try? ModelStore().models())?.map(\.name.description) ?? []
            return names.filter { $0.hasPrefix(prefix.lowercased()) }
        }
    }
}
