import InferenceCore
import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("Time limits", .timeLimit(.minutes(1)))
struct WithTimeoutTests {
    private struct Broken: Error {}

    private let clock = ManualClock()

    /// Starts a body with a limit of 5 seconds, and returns when its time runs.
    private func start<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async -> Task<R, any Error> {
        let task = Task { [clock] in try await withTimeout(.seconds(5), clock: clock) { try await body() } }
        await self.clock.nextSleeper()
        return task
    }

    private func expectTimedOut<R: Sendable>(_ task: Task<R, any Error>, partialText: String? = nil) async {
        await #expect {
            _ = try await task.value
        } throws: { error in
            let error = error as? MullamaError
            return error?.code == .timedOut && error?.partialText == partialText && error?.message.contains("5.0 seconds") == true
        }
    }

    @Test("S13: within the limit the body's value and the body's error are the call's")
    func inTime() async throws {
        let gate = Gate()
        let answers = await self.start {
            await gate.pass()
            return "answer"
        }
        gate.open()
        #expect(try await answers.value == "answer")
        await #expect(throws: Broken.self) { try await withTimeout(.seconds(5), clock: self.clock) { throw Broken() } }
    }

    @Test("S09: when the limit is over the loser is cancelled, and its end is waited for")
    func timedOut() async throws {
        let gate = Gate()
        let hasEnded = Mutex(false)
        let task = await self.start {
            await gate.pass()
            hasEnded.withLock { $0 = Task.isCancelled }
            throw Broken()
        }
        self.clock.advance(by: .seconds(5))
        await self.expectTimedOut(task)
        #expect(hasEnded.withLock { $0 })
    }

    @Test("A value that comes after the limit is dropped")
    func lateValue() async throws {
        let gate = Gate()
        let task = await self.start {
            await gate.pass()
            return "late"
        }
        self.clock.advance(by: .seconds(5))
        await self.expectTimedOut(task)
    }

    @Test("Just before the limit nothing has happened")
    func notYet() async throws {
        let gate = Gate()
        let task = await self.start {
            await gate.pass()
            return Task.isCancelled
        }
        self.clock.advance(by: .milliseconds(4_999))
        gate.open()
        #expect(try await task.value == false)
    }

    @Test("S24: cancelling the caller's task cancels the body, whose error is the call's")
    func cancelled() async throws {
        let gate = Gate()
        let task = await self.start {
            await gate.pass()
            try Task.checkCancellation()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("With no time at all the body does not run", arguments: [Duration.zero, .seconds(-1)])
    func noTime(_ limit: Duration) async throws {
        await #expect {
            try await withTimeout(limit) { Issue.record("the body ran") }
        } throws: { error in
            (error as? MullamaError)?.code == .timedOut
        }
    }

    @Test("A limit beyond what clocks can sleep is cut to what they can")
    func forever() async throws {
        let gate = Gate()
        let task = Task { [clock] in
            try await withTimeout(.seconds(Int64.max), clock: clock) {
                await gate.pass()
                try Task.checkCancellation()
            }
        }
        await self.clock.nextSleeper()
        self.clock.advance(by: .seconds(80 * 365 * 86_400))
        #expect(!gate.wasCancelled)
        self.clock.advance(by: .seconds(20 * 365 * 86_400))
        await #expect(throws: MullamaError.self) { try await task.value }
        // The real clock would trap.
        try await withTimeout(.seconds(Int64.max)) { await Task.yield() }
    }

    @Test("Of two limits, one in the other, the one that is over first tells")
    func nested() async throws {
        let gate = Gate()
        let inner = ManualClock()
        let task = await self.start {
            try await withTimeout(.seconds(1), clock: inner) {
                await gate.pass()
                TimeLimitScope.current?.keep("cut off")
                try Task.checkCancellation()
            }
        }
        await inner.nextSleeper()
        self.clock.advance(by: .seconds(5))
        await self.expectTimedOut(task, partialText: "cut off")
    }

    @Test("S10: the text of the generation that was cut off is in the error, of several none", arguments: [1, 2])
    func partialText(generations: Int) async throws {
        let gate = Gate()
        let task = await self.start {
            await gate.pass()
            for index in 0..<generations { TimeLimitScope.current?.keep("text \(index)") }
            throw CancellationError()
        }
        self.clock.advance(by: .seconds(5))
        await self.expectTimedOut(task, partialText: generations == 1 ? "text 0" : nil)
    }

    @Test("S10: an error that the cancelled body makes of it keeps its text")
    func partialTextOfError() async throws {
        let gate = Gate()
        let task = await self.start {
            await gate.pass()
            throw MullamaError(.engineFailed, "cut off", partialText: "so far")
        }
        self.clock.advance(by: .seconds(5))
        await self.expectTimedOut(task, partialText: "so far")
    }

    // MARK: Isolation

    private final class NotSendable {
        var count = 0
    }

    @Test("The body uses the main actor's state, and stays on the main actor")
    @MainActor func mainActor() async throws {
        let state = NotSendable()
        var local = 0
        let count = try await withTimeout(.seconds(60)) {
            MainActor.assertIsolated()
            state.count += 1
            local += 1
            await Task.yield()
            MainActor.assertIsolated()
            state.count += 1
            return state.count
        }
        #expect(count == 2)
        #expect(local == 1)
    }

    private actor Counter {
        private var count = 0

        func countInTime() async throws -> Int {
            try await withTimeout(.seconds(60)) {
                self.assertIsolated()
                self.count += 1
                await Task.yield()
                self.assertIsolated()
                return self.count
            }
        }
    }

    @Test("The body uses an actor's state, and stays on the actor")
    func ownActor() async throws {
        #expect(try await Counter().countInTime() == 1)
    }

    @Test("The body uses what only its caller has")
    func noActor() async throws {
        let state = NotSendable()
        try await withTimeout(.seconds(60)) {
            await Task.yield()
            state.count += 1
        }
        #expect(state.count == 1)
    }

    @Test("Task-local values and the priority are the caller's")
    func inherited() async throws {
        let priority = try await Task(priority: .low) {
            try await Self.$tag.withValue("mine") {
                try await withTimeout(.seconds(60)) {
                    #expect(Self.tag == "mine")
                    return Task.basePriority
                }
            }
        }.value
        #expect(priority == .low)
    }

    @TaskLocal private static var tag = "none"

    // MARK: Generations

    @Test("S10 S14: on one context an answer, one that times out in a step and keeps its text, and an answer again")
    func generations() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let context = AsyncContext(fake.model)
        fake.control.release(4)
        #expect(try await withTimeout(.seconds(60)) { try await context.generate("abc", maxTokens: 4) } == "abca")

        let task = await self.start { try await context.generate("abc", maxTokens: 400) }
        fake.control.release(3)
        await fake.control.steps(8)
        self.clock.advance(by: .seconds(5))
        await self.expectTimedOut(task, partialText: "abc")
        fake.control.release()
        #expect(try await context.generate("xyz", maxTokens: 6) == "xyzxyz")
        #expect(fake.control.log.live.isEmpty)
        #expect(fake.control.log.plans.count < 50)
    }

    @Test("S13: an answer, a failed generation and a time that is over are three things")
    func threeWays() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let task = await self.start { try await AsyncContext(fake.model).generate("bad!", maxTokens: 400) }
        await fake.control.steps(1)
        let request = try #require(fake.control.log.live.first)
        fake.control.fail(request, RequestFault(.engineFailed, "on purpose"))
        fake.control.release()
        await #expect {
            _ = try await task.value
        } throws: { error in
            (error as? MullamaError)?.code == .engineFailed
        }
    }
}
