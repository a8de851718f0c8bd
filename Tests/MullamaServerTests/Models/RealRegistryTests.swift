import Foundation
import ModelStore
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

private let isThere = (try? ModelStore().resolve("smollm2:135m")) != nil

/// The registry with a model that computes.
@Suite(.enabled(if: isThere, "needs smollm2:135m: run make setup"), .serialized, .timeLimit(.minutes(3)))
struct RealRegistryTests {
    private func registry(keepAlive: KeepAlive? = nil, budget: Int? = nil) throws -> ModelRegistry {
        try ModelRegistry(
            named: ["smollm2:135m"],
            params: ModelParams(parallel: 2, contextSize: 512, tuning: .off),
            memoryBudget: budget,
            keepAlive: keepAlive
        )
    }

    @Test func itsMemoryIsTakenAndGivenBack() async throws {
        let registry = try self.registry(keepAlive: .duration(.zero))
        try await registry.plan().validate()
        weak var unloaded: AsyncModel?
        do {
            let lease = try await registry.lease("smollm2")
            unloaded = lease.model
            #expect(lease.loadTime > .zero)
            #expect(try await lease.model.generate("The capital of France is", maxTokens: 4, options: .greedy).contains("Paris"))
            let loaded = try #require(registry.loaded.first)
            #expect(loaded.reference.name == "smollm2:135m")
            #expect((98_000_000...200_000_000).contains(loaded.memory), "\(loaded.memory)")
            #expect(lease.model.cacheBytes > 1_000_000)
        }
        try await waitWhile(!registry.loaded.isEmpty)
        try await waitWhile(unloaded != nil)
    }

    @Test func anotherNameIsTheSameModel() async throws {
        let registry = try self.registry()
        let file = try registry.resolve(nil).url
        let both = try ModelRegistry(named: [NamedModel(file.path), "smollm2:135m"], params: registry.params)
        let first = try await both.lease(file.lastPathComponent)
        let second = try await both.lease("smollm2:135m")
        #expect(first.model === second.model)
        #expect(both.loaded.count == 1)
        await both.close(grace: .zero)
    }

    @Test func aBudgetBelowItsNeedIsRefused() async throws {
        let registry = try self.registry(budget: 100_000_000)
        let error = await #expect(throws: MullamaError.self) { try await registry.lease(nil) }
        #expect(error?.code == .outOfMemory)
        #expect(error?.message.contains("100 MB") == true, "\(String(describing: error))")
    }
}
