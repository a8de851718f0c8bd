import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("A pool of contexts", .timeLimit(.minutes(1)))
struct ModelPoolTests {
    @Test("S40: more calls than contexts are all answered, never more of them at a time than the size")
    func generate() async throws {
        let fixture = try PoolFixture(size: 2)
        let prompts = (0..<12).map { "prompt \($0) " }
        let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (index, prompt) in prompts.enumerated() {
                group.addTask { (index, try await fixture.pool.generate(prompt, maxTokens: 9)) }
            }
            var answers: [Int: String] = [:]
            for try await (index, answer) in group { answers[index] = answer }
            return answers
        }
        #expect(answers.count == 12)
        for (index, answer) in answers { #expect(answer == String((prompts[index] + prompts[index]).prefix(9))) }
        let together = fixture.fake.control.log.plans.map { Set($0.decode.map(\.request) + $0.prefill.map(\.request)).count }.max()
        #expect(try #require(together) <= 2)
        #expect(fixture.pool.stats.acquired == 12)
        try await fixture.expectWhole(size: 2)
    }

    @Test("S36 S37: 1,000 waiters on a pool of 4 get their contexts exactly in the order in which they came")
    func order() async throws {
        let fixture = try PoolFixture(size: 4)
        var loans: [Loan] = []
        for _ in 0..<4 { loans.append(try await Loan.take(from: fixture.pool)) }
        let (starts, starting) = AsyncStream.makeStream(of: Int.self)
        let gates = (0..<1_000).map { _ in Gate() }
        var tasks: [Task<Void, any Error>] = []
        for (index, gate) in gates.enumerated() {
            tasks.append(
                Task {
                    try await fixture.pool.withContext { _ in
                        starting.yield(index)
                        await gate.pass()
                    }
                }
            )
            try await fixture.pool.waiting(index + 1)
        }

        // Executors keep no order between tasks that are woken together, so one context comes back at a time, now this one and now that.
        var holders: [Int] = []
        var started = starts.makeAsyncIterator()
        for expected in 0..<1_000 {
            if let loan = loans.popLast() {
                try await loan.giveBack()
            } else {
                gates[holders.remove(at: expected * 7 % 4)].open()
            }
            let index = try #require(await started.next())
            #expect(index == expected)
            #expect(fixture.pool.stats.inUse == 4)
            holders.append(index)
        }
        for holder in holders { gates[holder].open() }
        for task in tasks { try await task.value }
        try await fixture.expectWhole(size: 4)
    }

    @Test("S37: every third of 90 waiters is cancelled; the others get their contexts in their order, and none is lost")
    @MainActor func cancelledWaiters() async throws {
        let fixture = try PoolFixture(size: 1)
        let loan = try await Loan.take(from: fixture.pool)
        var order: [Int] = []
        var tasks: [Task<Void, any Error>] = []
        for index in 0..<90 {
            tasks.append(Task { @MainActor in try await fixture.pool.withContext { _ in order.append(index) } })
            try await fixture.pool.waiting(index + 1)
        }
        for index in stride(from: 0, to: 90, by: 3) {
            tasks[index].cancel()
            await #expect(throws: CancellationError.self) { try await tasks[index].value }
        }
        #expect(fixture.pool.stats.cancelled == 30)
        try await loan.giveBack()
        for index in 0..<90 where index % 3 != 0 { try await tasks[index].value }
        #expect(order == (0..<90).filter { $0 % 3 != 0 })
        try await fixture.expectWhole(size: 1)
    }

    @Test("A call in a task that is cancelled already gets no context")
    func cancelledBefore() async throws {
        let fixture = try PoolFixture(size: 1)
        let gate = Gate()
        let task = Task {
            await gate.pass()
            _ = try await fixture.pool.withContext { _ in Issue.record("a cancelled task was served") }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(fixture.pool.stats.acquired == 0)
        try await fixture.expectWhole(size: 1)
    }

    private struct Broken: Error {}

    @Test("S39: a closure that throws gives its context back, before, between and after generations")
    func throwing() async throws {
        let fixture = try PoolFixture(size: 2)
        for calls in 0...2 {
            await #expect(throws: Broken.self) {
                try await fixture.pool.withContext { context in
                    for _ in 0..<calls { _ = try await context.generate("abc", maxTokens: 4) }
                    throw Broken()
                }
            }
            try await fixture.expectWhole(size: 2)
        }
    }

    @Test("S39: a generation that fails, that is refused, and that is cancelled in a step give their contexts back")
    func failing() async throws {
        let fixture = try PoolFixture(size: 2, control: FakeControl(isHeld: true))
        await #expect(throws: MullamaError.self) { _ = try await fixture.pool.generate(String(repeating: "x", count: 600)) }
        await #expect(throws: MullamaError.self) { _ = try await fixture.pool.generate("x", maxTokens: 0) }
        #expect(fixture.pool.stats.inUse == 0)

        let fails = Task { try await fixture.pool.generate("bad!", maxTokens: 400) }
        await fixture.fake.control.steps(1)
        let request = try #require(fixture.fake.control.log.live.first)
        fixture.fake.control.fail(request, RequestFault(.engineFailed, "on purpose"))
        fixture.fake.control.release(1)
        await #expect(throws: MullamaError.self) { _ = try await fails.value }
        #expect(fixture.pool.stats.inUse == 0)

        let cancelled = Task { try await fixture.pool.generate("abc", maxTokens: 400) }
        await fixture.fake.control.steps(2)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
        try await fixture.expectWhole(size: 2)
    }

    @Test("S39: a closure whose task is cancelled gives its context back when it ends")
    func cancelledBorrower() async throws {
        let fixture = try PoolFixture(size: 2)
        let loan = try await Loan.take(from: fixture.pool)
        #expect(fixture.pool.stats.inUse == 1)
        try await loan.cancel()
        try await fixture.expectWhole(size: 2)
    }

    @Test("S09 S39: time that is over while waiting, and in the closure, leaves the pool whole")
    func timeLimits() async throws {
        let fixture = try PoolFixture(size: 1)
        let loan = try await Loan.take(from: fixture.pool)
        let waits = Task { try await withTimeout(.seconds(5), clock: fixture.clock) { try await fixture.pool.generate("abc") } }
        try await fixture.pool.waiting(1)
        await fixture.clock.nextSleeper()
        fixture.clock.advance(by: .seconds(5))
        await #expect(throws: MullamaError.self) { _ = try await waits.value }
        #expect(fixture.pool.stats.cancelled == 1)
        try await loan.giveBack()

        let gate = Gate()
        let runs = Task {
            try await withTimeout(.seconds(5), clock: fixture.clock) { try await fixture.pool.withContext { _ in await gate.pass() } }
        }
        await fixture.clock.nextSleeper()
        fixture.clock.advance(by: .seconds(5))
        await #expect(throws: MullamaError.self) { _ = try await runs.value }
        try await fixture.expectWhole(size: 1)
    }

    @Test("S38: what a borrower computed is not observed by the next, on the same context")
    func nothingLeft() async throws {
        let fixture = try PoolFixture(size: 1)
        let first = try await fixture.pool.withContext { try await $0.generate("secret ", maxTokens: 40) }
        let second = try await fixture.pool.generate("xy", maxTokens: 6)
        #expect(first.hasPrefix("secret secret "))
        #expect(second == "xyxyxy")
    }

    @Test("The contexts are of the size that was asked for")
    func params() async throws {
        let fake = FakeModel()
        let memory = PoolMemory(CacheBudget(bytesPerToken: 1, parallel: 4), contextSize: 64) { nil }
        let pool = try ModelPool(fake.model, size: 2, ContextParams(contextSize: 64), memory: memory, clock: ContinuousClock())
        #expect(try await pool.withContext { $0.contextSize } == 64)
        #expect(throws: MullamaError.self) { try ModelPool(fake.model, size: 0, memory: memory, clock: ContinuousClock()) }
        #expect(throws: MullamaError.self) {
            try ModelPool(fake.model, size: 1, ContextParams(contextSize: 0), memory: memory, clock: ContinuousClock())
        }
    }

    private final class NotSendable {
        var answers: [String] = []
    }

    @Test("The closure uses the main actor's state, and stays on the main actor")
    @MainActor func mainActor() async throws {
        let fixture = try PoolFixture(size: 1)
        let state = NotSendable()
        var count = 0
        try await fixture.pool.withContext { context in
            MainActor.assertIsolated()
            state.answers.append(try await context.generate("abc", maxTokens: 3))
            MainActor.assertIsolated()
            count += 1
        }
        #expect(state.answers == ["abc"])
        #expect(count == 1)
    }

    @Test("A pool that nobody holds goes away, its model with it")
    func lifetime() async throws {
        weak var pool: ModelPool?
        do {
            let fixture = try PoolFixture(size: 1, PoolParams(waitLimit: .seconds(60)))
            pool = fixture.pool
            let loan = try await Loan.take(from: fixture.pool)
            let waiter = Task { try await fixture.pool.generate("abc", maxTokens: 3) }
            try await fixture.pool.waiting(1)
            try await loan.giveBack()
            #expect(try await waiter.value == "abc")
        }
        try await waitWhile(pool != nil)
    }
}
