import MullamaTestSupport
import Testing

@testable import Mullama

/// A pool on a model without weights.
struct PoolFixture {
    let fake: FakeModel
    let pool: ModelPool
    let clock = ManualClock()

    init(size: Int, _ params: PoolParams = .init(), control: FakeControl = FakeControl()) throws {
        self.fake = FakeModel(control, clock: self.clock)
        let memory = PoolMemory(CacheBudget(bytesPerToken: 1, parallel: 4), contextSize: 512) { nil }
        self.pool = try ModelPool(self.fake.model, size: size, pool: params, memory: memory, clock: self.clock)
    }

    /// All contexts can be had, no call waits, and an answer comes.
    func expectWhole(size: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let stats = self.pool.stats
        #expect(
            stats.size == size && stats.inUse == 0 && stats.idle == size && stats.waiting == 0,
            "\(stats)",
            sourceLocation: sourceLocation
        )
        self.fake.control.release()
        var loans: [Loan] = []
        for _ in 0..<size { loans.append(try await Loan.take(from: self.pool)) }
        #expect(self.pool.stats.idle == 0, sourceLocation: sourceLocation)
        for loan in loans { try await loan.giveBack() }
        let answer = try await self.pool.generate("next", maxTokens: 8)
        #expect(answer == "nextnext", sourceLocation: sourceLocation)
        #expect(self.fake.control.log.live.isEmpty, sourceLocation: sourceLocation)
    }
}
