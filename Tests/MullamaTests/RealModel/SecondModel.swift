import Foundation
import ModelStore
import Testing

/// The model of another architecture (sliding windows, one head of keys and values) that `make test` fetches.
enum SecondModel {
    static let name = "gemma3:270m"

    static let isThere = (try? ModelStore().resolve(name)) != nil

    static var url: URL {
        get throws { try ModelStore().resolve(name).url }
    }
}

extension Trait where Self == ConditionTrait {
    static var needsSecondModel: Self { .enabled(if: SecondModel.isThere, "needs \(SecondModel.name): run Scripts/setup --models all") }
}
