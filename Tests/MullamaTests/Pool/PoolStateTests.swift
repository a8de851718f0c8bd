import Testing

@testable import Mullama

@Suite("Who may use a context when")
struct PoolStateTests {
    private typealias State = PoolState<Int, String>

    /// A pool with contexts 0 up to `inUse` in use, and the tickets of those who wait, in order.
    private func pool(size: Int, inUse: Int, waiting: [String] = [], queueLimit: Int? = nil) -> (State, tickets: [State.Ticket]) {
        var state = State(size: size, queueLimit: queueLimit)
        for _ in 0..<inUse { _ = state.acquire() }
        let tickets = waiting.compactMap { name -> State.Ticket? in
            guard case .wait(let ticket) = state.acquire() else { return nil }
            return state.wait(ticket, name) == nil ? ticket : nil
        }
        #expect(tickets.count == waiting.count)
        #expect(state.stats.inUse == inUse)
        return (state, tickets)
    }

    private func names(_ wakes: [State.Wake]) -> [String] { wakes.map(\.waiter) }

    @Test("Contexts are made as they are needed and used again, the warmest first")
    func reuse() {
        var (state, _) = self.pool(size: 3, inUse: 2)
        #expect(state.release(10) == nil)
        #expect(state.release(11) == nil)
        #expect(state.acquire().context == 11)
        #expect(state.acquire().context == 10)
        #expect(state.acquire() == .granted(nil))
        #expect(state.stats.acquired == 5)
        #expect(state.stats.idle == 0)
    }

    @Test("S36 S37: 1,000 who wait for a pool of 4 are served exactly in their order")
    func order() {
        let names = (0..<1_000).map { "\($0)" }
        var (state, _) = self.pool(size: 4, inUse: 4, waiting: names)
        let served = (0..<1_000).compactMap { state.release($0 % 4)?.waiter }
        #expect(served == names)
    }

    @Test("S36 S37: a returned context goes straight to the first who waits; later calls cannot get between")
    func handOver() {
        var (state, _) = self.pool(size: 1, inUse: 1, waiting: ["first", "second"])
        let wake = state.release(7)
        #expect(wake?.waiter == "first")
        #expect(wake?.outcome == .granted(7))
        #expect(state.stats.idle == 0)
        guard case .wait = state.acquire() else {
            Issue.record("a later call overtook the second waiter")
            return
        }
        #expect(state.release(7)?.waiter == "second")
    }

    @Test("S37: a cancelled waiter is skipped, and the context goes to the next")
    func cancelled() {
        var (state, tickets) = self.pool(size: 1, inUse: 1, waiting: ["first", "second", "third"])
        let cancelled = state.cancel(tickets[0])
        #expect(cancelled?.waiter == "first")
        #expect(cancelled?.outcome == .cancelled)
        let expired = state.expire(tickets[1])
        #expect(expired?.waiter == "second")
        #expect(expired?.outcome == .timedOut)
        #expect(state.release(0)?.waiter == "third")
        #expect(state.release(0) == nil)
        #expect(state.stats == PoolStats(size: 1, inUse: 0, idle: 1, waiting: 0, acquired: 2, refused: 0, timedOut: 1, cancelled: 1))
    }

    @Test("What happens to a ticket before its call waits is kept for it")
    func early() {
        var (state, _) = self.pool(size: 1, inUse: 1)
        var tickets: [State.Ticket] = []
        for _ in 0..<4 {
            guard case .wait(let ticket) = state.acquire() else { continue }
            tickets.append(ticket)
        }
        #expect(tickets.count == 4)
        #expect(state.cancel(tickets[0]) == nil)
        #expect(state.expire(tickets[1]) == nil)
        #expect(state.release(5) == nil)
        #expect(state.stats.inUse == 1)
        #expect(state.close().isEmpty)
        #expect(tickets.map { state.wait($0, "late") } == [.cancelled, .timedOut, .granted(5), .closed])
        #expect(state.settled.isEmpty)
        #expect(!state.isDrained)
        #expect(state.release(5) == nil)
        #expect(state.isDrained)
    }

    @Test("A cancel or a time limit that comes too late changes nothing and is not kept")
    func late() {
        var (state, tickets) = self.pool(size: 1, inUse: 1, waiting: ["waiter"])
        _ = state.release(0)
        #expect(state.cancel(tickets[0]) == nil)
        #expect(state.expire(tickets[0]) == nil)
        #expect(state.stats.inUse == 1)
        #expect(state.stats.cancelled == 0)
        #expect(state.stats.timedOut == 0)
        #expect(state.settled.isEmpty)
    }

    @Test("S36: only so many may wait; who left makes room")
    func queueLimit() {
        var (state, tickets) = self.pool(size: 1, inUse: 1, waiting: ["first", "second"], queueLimit: 2)
        #expect(state.acquire() == .overloaded(waiting: 2))
        #expect(state.stats.refused == 1)
        _ = state.cancel(tickets[1])
        guard case .wait = state.acquire() else {
            Issue.record("a place that came free in the queue was not given")
            return
        }

        var (strict, _) = self.pool(size: 1, inUse: 0, queueLimit: 0)
        #expect(strict.acquire() == .granted(nil))
        #expect(strict.acquire() == .overloaded(waiting: 0))
    }

    @Test("Larger, the pool serves those who wait in their order")
    func grow() {
        var (state, _) = self.pool(size: 1, inUse: 1, waiting: ["a", "b", "c", "d"])
        #expect(self.names(state.resize(to: 4)) == ["a", "b", "c"])
        #expect(state.stats.inUse == 4)
        #expect(state.release(0)?.waiter == "d")
    }

    @Test("Smaller, the pool takes from nobody, and gives out nothing until it has shrunk")
    func shrink() {
        var (state, _) = self.pool(size: 4, inUse: 4, waiting: ["a", "b"])
        #expect(state.resize(to: 2).isEmpty)
        #expect(state.stats.inUse == 4)
        #expect(state.release(0) == nil)
        #expect(state.release(1) == nil)
        #expect(state.release(2)?.waiter == "a")
        #expect(state.release(3)?.waiter == "b")
        #expect(state.release(2) == nil)
        #expect(state.stats.idle == 1)
    }

    @Test("Contexts beyond the size are dropped, and made anew when there is room again")
    func dropped() {
        var (state, _) = self.pool(size: 3, inUse: 3)
        for context in 0..<3 { #expect(state.release(context) == nil) }
        #expect(state.resize(to: 1).isEmpty)
        #expect(state.resize(to: 3).isEmpty)
        #expect(state.acquire() == .granted(0))
        #expect(state.acquire() == .granted(nil))
    }

    @Test("Closed, all who wait are told so, those who have a context may finish, and nobody comes in")
    func close() {
        var (state, tickets) = self.pool(size: 2, inUse: 2, waiting: ["a", "b", "c"])
        _ = state.cancel(tickets[1])
        let wakes = state.close()
        #expect(self.names(wakes) == ["a", "c"])
        #expect(wakes.allSatisfy { $0.outcome == .closed })
        #expect(state.acquire() == .closed)
        #expect(state.release(0) == nil)
        #expect(!state.isDrained)
        #expect(state.release(1) == nil)
        #expect(state.isDrained)
        #expect(state.stats.idle == 0)
        #expect(state.close().isEmpty)
        #expect(state.acquire() == .closed)
    }
}

extension PoolState.AcquireAction {
    fileprivate var context: Context? {
        if case .granted(let context) = self { context } else { nil }
    }
}
