import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("The memory of a pool")
struct PoolMemoryTests {
    /// 1 MB for a context of 1,000 tokens, which llama.cpp rounds to 1,024.
    private static let budget = CacheBudget(bytesPerToken: 1_000, parallel: 8)

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
        await self.expectRefused("4 contexts of 1000 tokens", "4.1 MB", "4.0 MB") {
            _ = try self.pool(size: 4, self.memory(available: 4_000_000))
        }
        #expect(try self.pool(size: 4, self.memory(available: 4_096_000)).stats.size == 4)
        #expect(try self.pool(size: 4_000, self.memory(available: nil)).stats.size == 4_000)
    }

    @Test("S35: the model's own limit counts, whatever the machine has")
    func limit() async throws {
        let budget = CacheBudget(bytesPerToken: 1_000, limit: 3_000_000, parallel: 8)
        await self.expectRefused("4 contexts", "4.1 MB", "cacheMemory is 3.0 MB") {
            _ = try self.pool(size: 4, self.memory(budget, available: nil))
        }
        #expect(try self.pool(size: 2, self.memory(budget, available: nil)).stats.size == 2)
    }

    @Test("S41: a pool that does not reserve memory is made, and takes it as it is used")
    func growing() async throws {
        let pool = try self.pool(size: 4, self.memory(available: 0), reservesMemory: false)
        #expect(try await pool.generate("abc", maxTokens: 6) == "abcabc")
        try await pool.resize(to: 40)
        #expect(pool.stats.size == 40)
    }

    @Test("Growing asks for what is added; what is refused changes nothing")
    func resize() async throws {
        let left = Mutex(4_096_000)
        let pool = try self.pool(size: 4, PoolMemory(Self.budget, contextSize: 1_000) { left.withLock { $0 } })
        left.withLock { $0 = 2_100_000 }
        await self.expectRefused("3 more contexts", "3.1 MB", "2.1 MB") { try await pool.resize(to: 7) }
        #expect(pool.stats.size == 4)
        try await pool.resize(to: 6)
        try await pool.resize(to: 1)
        #expect(pool.stats.size == 1)
    }

    @Test("Figures beyond all numbers are refused, not computed")
    func overflow() async throws {
        await self.expectRefused("\(Int.max) contexts") { _ = try self.pool(size: .max, self.memory(available: .max - 1)) }
        let budget = CacheBudget(bytesPerToken: .max, parallel: 8)
        await self.expectRefused("1 contexts") { _ = try self.pool(size: 1, self.memory(budget, available: .max - 1)) }
        #expect(self.memory(budget, contextSize: .max, available: .max - 1).recommendedSize(nil) == 1)
    }

    @Test("S43: the recommended size is what fits, up to what is computed together, and at least one")
    func recommended() {
        #expect(self.memory(available: 3_500_000).recommendedSize(nil) == 3)
        #expect(self.memory(available: 3_500_000).recommendedSize(5_200_000) == 5)
        #expect(self.memory(available: 99_000_000).recommendedSize(nil) == 8)
        #expect(self.memory(available: nil).recommendedSize(nil) == 8)
        #expect(self.memory(available: 10).recommendedSize(nil) == 1)
        #expect(self.memory(available: nil).recommendedSize(-1) == 1)
        let limited = CacheBudget(bytesPerToken: 1_000, limit: 2_100_000, parallel: 8)
        #expect(self.memory(limited, available: 99_000_000).recommendedSize(nil) == 2)
    }
}
