import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Resizing and closing a pool", .timeLimit(.minutes(1)))
struct PoolLifecycleTests {
    private func loans(_ count: Int, from pool: ModelPool) async throws -> [Loan] {
        var loans: [Loan] = []
        for _ in 0..<count { loans.append(try await Loan.take(from: pool)) }
        return loans
    }

    private func expectClosed(_ body: () async throws -> Void) async {
        await #expect {
            try await body()
        } throws: { error in
            (error as? MullamaError)?.code == .poolClosed
        }
    }

    @Test("Larger, the pool serves those who wait longest, at once")
    @MainActor func grow() async throws {
        let fixture = try PoolFixture(size: 1)
        let loan = try await Loan.take(from: fixture.pool)
        var order: [Int] = []
        let gate = Gate()
        var tasks: [Task<Void, any Error>] = []
        for index in 0..<5 {
            tasks.append(
                Task { @MainActor in
                    try await fixture.pool.withContext { _ in
                        order.append(index)
                        await gate.pass()
                    }
                }
            )
            try await fixture.pool.waiting(index + 1)
        }
        try await fixture.pool.resize(to: 4)
        try await waitWhile(order.count < 3)
        #expect(Set(order) == [0, 1, 2])
        #expect(fixture.pool.stats.waiting == 2)
        gate.open()
        try await loan.giveBack()
        for task in tasks { try await task.value }
        #expect(Set(order) == [0, 1, 2, 3, 4])
        try await fixture.expectWhole(size: 4)
    }

    @Test("Smaller, the pool shrinks as contexts come back, and those who wait keep waiting until it has")
    func shrink() async throws {
        let fixture = try PoolFixture(size: 3)
        let loans = try await self.loans(3, from: fixture.pool)
        let waiter = Task { try await fixture.pool.generate("abc", maxTokens: 3) }
        try await fixture.pool.waiting(1)
        try await fixture.pool.resize(to: 1)
        #expect(fixture.pool.stats.inUse == 3)
        try await loans[0].giveBack()
        try await loans[1].giveBack()
        #expect(fixture.pool.stats.waiting == 1)
        #expect(fixture.pool.stats.inUse == 1)
        try await loans[2].giveBack()
        #expect(try await waiter.value == "abc")
        try await fixture.expectWhole(size: 1)
    }

    @Test("A size below one, and a closed pool, are not resized")
    func refused() async throws {
        let fixture = try PoolFixture(size: 2)
        await #expect(throws: MullamaError.self) { try await fixture.pool.resize(to: 0) }
        try await fixture.expectWhole(size: 2)
        await fixture.pool.close()
        await self.expectClosed { try await fixture.pool.resize(to: 3) }
    }

    @Test("close fails those who wait and who come later, lets the others finish, and returns when all are back")
    func close() async throws {
        let fixture = try PoolFixture(size: 2)
        let loans = try await self.loans(2, from: fixture.pool)
        let waiters = (0..<3).map { _ in Task { try await fixture.pool.generate("abc") } }
        try await fixture.pool.waiting(3)

        let closers = (0..<3).map { _ in
            Task {
                await fixture.pool.close()
                return fixture.pool.stats.inUse
            }
        }
        for waiter in waiters { await self.expectClosed { _ = try await waiter.value } }
        await self.expectClosed { _ = try await fixture.pool.generate("late") }
        #expect(try await loans[0].context.generate("abc", maxTokens: 6) == "abcabc")
        try await loans[0].giveBack()
        #expect(fixture.pool.stats.inUse == 1)
        try await loans[1].giveBack()
        for closer in closers { #expect(await closer.value == 0) }
        await fixture.pool.close()
        let stats = fixture.pool.stats
        #expect(stats.idle == 0 && stats.waiting == 0 && stats.acquired == 2, "\(stats)")
        #expect(try await fixture.fake.model.generate("abc", maxTokens: 3) == "abc")
    }

    @Test("An idle pool is closed at once")
    func closeIdle() async throws {
        let fixture = try PoolFixture(size: 2)
        await fixture.pool.close()
        await self.expectClosed { try await fixture.pool.withContext { _ in } }
    }
}
