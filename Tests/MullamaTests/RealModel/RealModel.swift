import Foundation
import ModelStore
import MullamaTestSupport
import Testing

@testable import Mullama

/// The default model, if set-up has put it into the store. Loaded once: tests share it, which is also what users do.
enum RealModel {
    static let name = "smollm2:135m"

    #if MULLAMA_TSAN
    /// The thread sanitizer does not see what llama.cpp's threads do, and would take its work for races.
    static let isThere = false
    #else
    static let isThere = (try? ModelStore().resolve(name)) != nil
    #endif

    static var url: URL {
        get throws { try ModelStore().resolve(name).url }
    }

    /// With the default settings, whatever is remembered on this machine.
    static func load(parallel: Int = 8) async throws -> AsyncModel {
        try await AsyncModel.load(name, ModelParams(parallel: parallel, tuning: .off))
    }
}

extension Trait where Self == ConditionTrait {
    static var needsModel: Self { .enabled(if: RealModel.isThere, "needs \(RealModel.name): run make setup") }
}
