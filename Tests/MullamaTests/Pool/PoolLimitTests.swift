import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("How long calls wait for a pool, and how many", .timeLimit(.minutes(1)))
struct PoolLimitTests {
    private func expectError(_ code: MullamaError.Code, _ figures: String..., body: () async throws -> Void) async {
        await #expect {
            try await body()
        } throws: { error in
            guard let error = error as? MullamaError else { return false }
            return error.code == code && figures.allSatisfy { error.message.contains($0) }
        }
    }

    @Test("S36: the call after those that may wait is refused at once, with the numbers")
    func queueLimit() async throws {
        let fixture = try PoolFixture(size: 1, PoolParams(queueLimit: 2))
        let loan = try await Loan.take(from: fixture.pool)
        let waiting = (0..<2).map { _ in Task { try await fixture.pool.generate("abc", maxTokens: 3) } }
        try await fixture.pool.waiting(2)
        await self.expectError(.overloaded, "2 calls wait", "1 contexts") { _ = try await fixture.pool.generate("abc") }
        #expect(fixture.pool.stats.refused == 1)
        try await loan.giveBack()
        for task in waiting { #expect(try await task.value == "abc") }
        try await fixture.expectWhole(size: 1)
    }

    @Test("S36: a call that waits longer than it may throws, and the context goes to the next")
    func waitLimit() async throws {
        let fixture = try PoolFixture(size: 1, PoolParams(waitLimit: .seconds(5)))
        let loan = try await Loan.take(from: fixture.pool)
        let early = Task { try await fixture.pool.generate("abc", maxTokens: 3) }
        await fixture.clock.nextSleeper()
        fixture.clock.advance(by: .seconds(3))
        let late = Task { try await fixture.pool.generate("xyz", maxTokens: 3) }
        try await fixture.pool.waiting(2)
        fixture.clock.advance(by: .seconds(2))
        await self.expectError(.timedOut, "1 of 1 are in use", "1 calls wait") { _ = try await early.value }
        try await loan.giveBack()
        #expect(try await late.value == "xyz")
        #expect(fixture.pool.stats.timedOut == 1)
        try await fixture.expectWhole(size: 1)
    }

    @Test("The wait limit is for waiting alone: who has a context keeps it")
    func waitLimitOver() async throws {
        let fixture = try PoolFixture(size: 1, PoolParams(waitLimit: .seconds(5)))
        let first = try await Loan.take(from: fixture.pool)
        async let second = Loan.take(from: fixture.pool)
        await fixture.clock.nextSleeper()
        try await first.giveBack()
        let loan = try await second
        fixture.clock.advance(by: .seconds(60))
        #expect(fixture.pool.stats.inUse == 1)
        #expect(fixture.pool.stats.timedOut == 0)
        try await loan.giveBack()
        try await fixture.expectWhole(size: 1)
    }

    @Test("S10: the deadline of a generation holds while it waits for a context")
    func deadlineWhileWaiting() async throws {
        let fixture = try PoolFixture(size: 1, PoolParams(waitLimit: .seconds(60)))
        let loan = try await Loan.take(from: fixture.pool)
        let task = Task { try await fixture.pool.generate("abc", options: .init(deadline: .seconds(5))) }
        await fixture.clock.nextSleeper()
        fixture.clock.advance(by: .seconds(5))
        await self.expectError(.timedOut) { _ = try await task.value }
        try await loan.giveBack()
        #expect(fixture.fake.control.log.plans.isEmpty)
        try await fixture.expectWhole(size: 1)
    }

    @Test("S10: the time that a call waited is taken off its deadline")
    func deadlineAfterWaiting() async throws {
        let fixture = try PoolFixture(size: 1, control: FakeControl(isHeld: true))
        let loan = try await Loan.take(from: fixture.pool)
        let task = Task { try await fixture.pool.generate("abcd", maxTokens: 400, options: .init(deadline: .seconds(5))) }
        await fixture.clock.nextSleeper()
        fixture.clock.advance(by: .seconds(3))
        try await loan.giveBack()
        await fixture.fake.control.steps(1)
        fixture.clock.advance(by: .seconds(2))
        fixture.fake.control.release()
        await self.expectError(.timedOut) { _ = try await task.value }
        try await fixture.expectWhole(size: 1)
    }

    @Test("S23: the token of a generation cancels it while it waits, and before")
    func token() async throws {
        let fixture = try PoolFixture(size: 1)
        let loan = try await Loan.take(from: fixture.pool)
        let token = CancellationToken()
        let task = Task { try await fixture.pool.generate("abc", options: .init(cancellation: token)) }
        try await fixture.pool.waiting(1)
        token.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        await #expect(throws: CancellationError.self) {
            _ = try await fixture.pool.generate("abc", options: .init(cancellation: token))
        }
        #expect(fixture.pool.stats.cancelled == 1)
        try await loan.giveBack()
        try await fixture.expectWhole(size: 1)
    }

    @Test("Options that would be refused do not wait first")
    func refused() async throws {
        let fixture = try PoolFixture(size: 1)
        let loan = try await Loan.take(from: fixture.pool)
        await self.expectError(.invalidRequest) { _ = try await fixture.pool.generate("abc", options: .init(temperature: 9)) }
        await self.expectError(.invalidRequest) { _ = try await fixture.pool.generate("abc", options: .init(deadline: .zero)) }
        try await loan.giveBack()
    }

    @Test("Limits out of their range are refused")
    func invalid() {
        #expect(throws: MullamaError.self) { try PoolFixture(size: 1, PoolParams(waitLimit: .zero)) }
        #expect(throws: MullamaError.self) { try PoolFixture(size: 1, PoolParams(queueLimit: -1)) }
    }
}
