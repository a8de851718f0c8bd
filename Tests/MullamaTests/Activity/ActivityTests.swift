import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("What a model tells of its work", .timeLimit(.minutes(1)))
struct ActivityTests {
    private let clock = ManualClock()

    @Test("S46: the live list shows phase, position, tokens and age of each generation, also while the engine is in a step")
    func live() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 2, clock: self.clock)
        let running = ["abcdef", String(repeating: "long", count: 60)].map { AsyncContext(fake.model).stream($0, maxTokens: 40) }
        await fake.control.advance { Set($0.plans.flatMap { $0.prefill.map(\.request) }).count == 2 }
        let waiting = [RequestPriority.batch, .interactive].map { priority in
            AsyncContext(fake.model).stream("later", maxTokens: 40, options: GenerationOptions(priority: priority))
        }
        // Now the text thread has sent them on, and after the next step the engine has them.
        _ = try await fake.model.tokenize("")
        await fake.control.advance()
        await fake.control.advance()
        self.clock.advance(by: .seconds(3))

        let live = fake.model.generations
        #expect(live.map(\.id) == [1, 2, 3, 4])
        #expect(live.map(\.phase) == [.decode, .prefill, .queued, .queued])
        #expect(live.map(\.queuePosition) == [nil, nil, 1, 0])
        #expect(live.map(\.promptTokens) == [6, 240, 5, 5])
        #expect(live[0].completionTokens > 0)
        #expect((1..<240).contains(live[1].prefilledTokens))
        #expect(live.allSatisfy { $0.age == .seconds(3) })

        fake.control.release()
        for stream in running + waiting { _ = try await stream.collect() }
        #expect(fake.model.generations.isEmpty)
        #expect(fake.model.recentGenerations.map(\.id).sorted() == [1, 2, 3, 4])
    }

    @Test("S46: every call is counted once, whatever its end, and tokens add up")
    func counts() async throws {
        let fake = FakeModel(clock: self.clock)
        let context = AsyncContext(fake.model)
        _ = try await context.generate("abc", maxTokens: 10)
        await #expect(throws: MullamaError.self) { _ = try await context.generate("", maxTokens: 10) }
        await #expect(throws: MullamaError.self) { _ = try await context.generate(String(repeating: "x", count: 600), maxTokens: 10) }
        let token = CancellationToken()
        token.cancel()
        await #expect(throws: CancellationError.self) { _ = try await context.generate("abc", options: .init(cancellation: token)) }
        let left = context.stream("abc", maxTokens: 400)
        for try await _ in left.prefix(3) {}
        let later = context.stream("abc", maxTokens: 400, options: .init(deadline: .seconds(1)))
        self.clock.advance(by: .seconds(1))
        await #expect(throws: MullamaError.self) { _ = try await later.collect() }
        _ = try await context.generate("abc", maxTokens: 2)
        await fake.model.close()
        await #expect(throws: MullamaError.self) { _ = try await context.generate("abc", maxTokens: 10) }

        let metrics = fake.model.metrics
        #expect(metrics.started == 7)
        #expect(metrics.finished == [.length: 2, .failed: 2, .cancelled: 2, .deadline: 1])
        #expect(metrics.running == 0)
        let records = fake.model.recentGenerations
        #expect(metrics.usage.completionTokens == records.reduce(0) { $0 + $1.usage.completionTokens })
        #expect(metrics.usage.completionTokens > 12)
        #expect(records.compactMap(\.errorCode) == [.invalidRequest, .contextWindowExceeded])
        #expect(metrics.duration.count == 2)
        #expect(metrics.interTokenLatency.count == records.reduce(0) { $0 + max(0, $1.usage.completionTokens - 1) })
    }

    @Test("S22: how long a cancel took until the slot was free again is told, for a cancelled task, a deadline and a dropped stream")
    func cancelLatency() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), clock: self.clock)
        let token = CancellationToken()
        let cancelled = AsyncContext(fake.model).stream("abc", maxTokens: 400, options: .init(cancellation: token))
        let late = AsyncContext(fake.model).stream("abc", maxTokens: 400, options: .init(deadline: .seconds(1)))
        try await fake.decode(2)
        token.cancel()
        self.clock.advance(by: .milliseconds(1_040))
        fake.control.release()
        await #expect(throws: CancellationError.self) { _ = try await cancelled.collect() }
        await #expect(throws: MullamaError.self) { _ = try await late.collect() }
        _ = try await fake.model.generate("next", maxTokens: 4)
        let records = fake.model.recentGenerations
        #expect(records.map(\.cancelLatency) == [.milliseconds(1_040), .milliseconds(40), nil])
        #expect(fake.model.metrics.cancelLatency.count == 2)
        #expect(fake.model.metrics.cancelLatency.minimum >= .milliseconds(39))
    }

    @Test("The last 1,000 ended generations are remembered, no more")
    func ring() async throws {
        let log = ActivityLog(clock: EngineClock(self.clock), parallel: 2)
        for id in 1...1_005 {
            log.started(RequestID(UInt64(id)), priority: .normal, runtime: nil)
            log.endedEarly(RequestID(UInt64(id)), .cancelled)
        }
        #expect(log.records.map(\.id) == Array(6...1_005))
        #expect(log.metrics.finished == [.cancelled: 1_005])
    }
}
