import Foundation
import ModelStore

enum ModelPath {
    static func of(_ nameOrPath: String) throws -> String {
        try ModelStore(root: ModelStore.defaultRoot).resolve(nameOrPath).url.path
    }
}
