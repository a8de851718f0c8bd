import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("The memory of a pool")
struct PoolMemoryTests {
    /// 1 MB for a context of 1,000 tokens, which llama.cpp rounds to 1,024. Full, eight of them take 8.192 MB beside half of it while growing.
    private static let budget = CacheBudget(bytesPerToken: 1_000, parallel: 8)
    private static let peak = 12_288_000

    private func memory(_ budget: CacheBudget = Self.budget, contextSize: Int = 1_000, available: Int?) -> PoolMemory {
        PoolMemory(budget, contextSize: contextSize) { available }
    }

    private func pool(size: Int, _ memory: PoolMemory, reservesMemory: Bool = true) throws -> ModelPool {
        let params = PoolParams(reservesMemory: reservesMemory)
        return try ModelPool(FakeModel().model, size: size, pool: params, memory: memory, clock: ContinuousClock())
    }

    private func expectRefused(_ figures: String..., body: () async throws -> Void) async {
        await #expect {
            try await body()
        } throws: { error in
            guard let error = error as? MullamaError else { return false }
            return error.code == .outOfMemory && figures.allSatisfy { error.message.contains($0) }
        }
    }

    @Test("S35: a pool whose contexts would not fit is refused with both figures, and one that just fits is made")
    func available() async throws {
        // The least is a slot for each of the four, beside half of it.
        await self.expectRefused("4 contexts of 1000 tokens", "6.1 MB", "6.0 MB") {
            _ = try self.pool(size: 4, self.memory(available: 6_000_000))
        }
        #expect(try self.pool(size: 4, self.memory(available: 6_144_000)).stats.size == 4)
        #expect(try self.pool(size: 4_000, self.memory(available: nil)).stats.size == 4_000)
    }

    @Test("S35: more contexts than run at once take no more memory")
    func turns() async throws {
        #expect(try self.pool(size: 4_000, self.memory(available: Self.peak)).stats.size == 4_000)
        await self.expectRefused("4000 contexts", "12 MB") { _ = try self.pool(size: 4_000, self.memory(available: Self.peak - 1)) }
    }

    @Test("S35: the model's own limit counts, whatever the machine has")
    func limit() async throws {
        let budget = CacheBudget(bytesPerToken: 1_000, limit: 3_000_000, parallel: 8)
        await self.expectRefused("4 contexts", "4.1 MB", "cacheMemory is 3.0 MB") {
            _ = try self.pool(size: 4, self.memory(budget, available: nil))
        }
        #expect(try self.pool(size: 2, self.memory(budget, available: nil)).stats.size == 2)
    }

    @Test("S35: a second pool does not get what the first was promised and does not use yet; it does once the first is closed or gone")
    func twoPools() async throws {
        let ledger = MemoryLedger { 20_000_000 }
        func memory() -> PoolMemory { PoolMemory(MemoryAccount(Self.budget, in: ledger), contextSize: 1_000) }
        let first = try self.pool(size: 8, memory())
        await self.expectRefused("8 contexts", "take 12 MB", "20 MB of memory", "12 MB are promised") {
            _ = try self.pool(size: 8, memory())
        }
        #expect(ledger.left() == 20_000_000 - Self.peak)
        await first.close()
        #expect(ledger.left() == 20_000_000)
        do {
            let second = try self.pool(size: 8, memory())
            #expect(second.stats.size == 8 && ledger.left() == 20_000_000 - Self.peak)
        }
        #expect(ledger.left() == 20_000_000)
    }

    @Test("S41: a pool that does not reserve memory is made, and takes it as it is used")
    func growing() async throws {
        let pool = try self.pool(size: 4, self.memory(available: 0), reservesMemory: false)
        #expect(try await pool.generate("abc", maxTokens: 6) == "abcabc")
        try await pool.resize(to: 40)
        #expect(pool.stats.size == 40)
    }

    @Test("Growing asks for what is added; what is refused changes nothing, and less gives back")
    func resize() async throws {
        let ledger = MemoryLedger { 6_144_000 }
        let pool = try self.pool(size: 4, PoolMemory(MemoryAccount(Self.budget, in: ledger), contextSize: 1_000))
        #expect(ledger.left() == 0)
        await self.expectRefused("7 contexts", "11 MB", "6.1 MB") { try await pool.resize(to: 7) }
        #expect(pool.stats.size == 4)
        try await pool.resize(to: 1)
        #expect(pool.stats.size == 1)
        try await pool.resize(to: 4)
        await pool.close()
        await #expect(throws: MullamaError.self) { try await pool.resize(to: 1) }
        #expect(ledger.left() == 6_144_000)
    }

    @Test("Figures beyond all numbers are refused, not computed")
    func overflow() async throws {
        let budget = CacheBudget(bytesPerToken: .max, parallel: 8)
        await self.expectRefused("1 contexts") { _ = try self.pool(size: 1, self.memory(budget, available: .max - 1)) }
        let memory = self.memory(contextSize: .max, available: 1_000_000)
        await self.expectRefused("\(Int.max) contexts") { _ = try self.pool(size: .max, memory) }
        let account = MemoryAccount(budget, in: MemoryLedger { .max - 1 })
        #expect(PoolMemory.recommendedSize(account, contextSize: .max, memory: nil) == 1)
    }

    @Test("S43: the recommended size is what fits while it grows, up to what is computed together, and at least one")
    func recommended() {
        func recommend(_ budget: CacheBudget = Self.budget, available: Int?, memory: Int? = nil) -> Int {
            let account = MemoryAccount(budget, in: MemoryLedger { available })
            return PoolMemory.recommendedSize(account, contextSize: 1_000, memory: memory)
        }
        #expect(recommend(available: 4_700_000) == 2)
        #expect(recommend(available: 4_700_000, memory: 7_700_000) == 4)
        #expect(recommend(available: 99_000_000) == 8)
        #expect(recommend(available: nil) == 8)
        #expect(recommend(available: 10) == 1)
        #expect(recommend(available: nil, memory: -1) == 1)
        let limited = CacheBudget(bytesPerToken: 1_000, limit: 2_100_000, parallel: 8)
        #expect(recommend(limited, available: 99_000_000) == 2)
    }
}
