import Foundation
import InferenceCore
import ModelStore
import Testing

@testable import Mullama

@Suite("Growth of the real model's cache", .needsModel)
struct CacheGrowthTests {
    @Test("S35: a cache does not grow into memory promised to another model's pool, and does once that is given back")
    func promised() throws {
        let url = try RealModel.url
        let header = try GGUFHeader(contentsOf: url)
        let ledger = MemoryLedger { 50_000_000 }
        let budget = CacheBudget(bytesPerToken: header.cacheBytesPerToken(.f16), parallel: 1, compute: ComputeCost(header, .standard(.f16)))
        let account = MemoryAccount(budget, in: ledger)
        let other = MemoryAccount(CacheBudget(bytesPerToken: 30_000, parallel: 1), in: ledger)
        let promise = try other.promise(ContextDemand(count: 1, size: 1_000))

        let weights = ModelWeights(try LlamaModel(path: url.path, ModelParams(), isCancelled: { false }, onProgress: { _ in }))
        let recipe = ContextRecipe(weights: weights, settings: .standard(.f16, threads: 1), rows: 256, abort: AbortSignal())
        let backend = LlamaBackend(recipe, vocabulary: Vocabulary(weights), account: account)
        let geometry = CacheGeometry(slots: 1, cellsPerSlot: 512)
        let grow = StepPlan(memory: [.resize(geometry, keeping: [])])
        let refused = try #require(backend.perform(grow).resizeFault)
        #expect(refused.code == .outOfMemory)
        #expect(refused.message.contains("take 21 MB and 50 MB of memory are available, of which 46 MB are promised"))
        #expect(ledger.left() == 50_000_000 - 46_080_000)

        other.giveBack(promise)
        #expect(ledger.left() == 50_000_000)
        #expect(backend.perform(grow).resizeFault == nil)
        // What is there is missing from what the system says, and not subtracted again.
        #expect(ledger.left() == 50_000_000)
        let own = try account.promise(ContextDemand(count: 1, size: 1_024))
        #expect(ledger.left() == 50_000_000 - budget.bytes(of: CacheGeometry(slots: 1, cellsPerSlot: 1_024)))
        account.giveBack(own)
    }
}
