import MullamaTestSupport
import Testing

@testable import InferenceCore
@testable import Mullama

@Suite("What a generation waited for", .timeLimit(.minutes(1)))
struct DelayTests {
    private let clock = ManualClock()

    @Test("those before it when it came: who has a slot, then who goes first; none for who finds a slot free; its own context's calls")
    func queuedBehind() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 2, clock: self.clock)
        let shared = AsyncContext(fake.model)
        var streams = [shared.stream("abcdef", maxTokens: 40)]
        await fake.control.steps(1)
        streams.append(shared.stream("abcdef", maxTokens: 2))
        streams.append(AsyncContext(fake.model).stream("abcdef", maxTokens: 40))
        for priority in [RequestPriority.batch, .normal, .interactive] {
            streams.append(AsyncContext(fake.model).stream("abcdef", maxTokens: 2, options: .init(priority: priority)))
        }
        _ = try await fake.model.tokenize("")
        await fake.control.advance()
        let expected: [UInt64: [UInt64]] = [1: [], 2: [1], 3: [], 4: [1, 2, 3], 5: [1, 2, 3], 6: []]
        let live = fake.model.generations
        for status in live { #expect(status.delays.queuedBehind == expected[status.id], "\(status.id)") }
        #expect(live.map(\.id) == [1, 2, 3, 4, 5, 6])
        fake.control.release()
        for stream in streams { _ = try await stream.collect() }
        for record in fake.model.recentGenerations {
            #expect(record.delays.queuedBehind == expected[record.id])
            #expect(record.delays.queuedBehindCount == record.delays.queuedBehind.count)
        }
    }

    @Test("of many before it 32 are named, those with a slot first, and all are counted", arguments: [100, 1_000])
    func many(count: Int) {
        let log = ActivityLog(clock: EngineClock(self.clock), parallel: 4)
        func hand(_ id: Int) {
            log.started(RequestID(UInt64(id)), priority: .normal, runtime: nil)
            log.queued(
                GenerationRequest(id: RequestID(UInt64(id)), context: ContextID(UInt64(id)), prompt: [1], maxTokens: 1, contextSize: 9)
            )
        }
        for id in 1...count { hand(id) }
        let slots = [7, 8].map { id in
            SequenceProgress(
                request: RequestID(id),
                isPrefilling: true,
                isPaused: false,
                isSuspended: false,
                suspendedTime: .zero,
                prefilled: 0,
                completionTokens: 0
            )
        }
        log.advanced(slots, slotTime: nil)
        log.endedEarly(RequestID(2), .cancelled)
        hand(count + 1)
        let delays = log.live.last?.delays
        #expect(delays?.queuedBehindCount == count - 1)
        #expect(delays?.queuedBehind.prefix(2) == [7, 8])
        #expect(delays?.queuedBehind.count == (count == 100 ? 32 : 2))
        #expect(count != 100 || delays?.queuedBehind.dropFirst(2).first == 1)
    }

    @Test("the longest gap between two tokens, the last one's too, and the parts of a prompt")
    func gaps() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), clock: self.clock)
        let stream = AsyncContext(fake.model).stream(String(repeating: "a", count: 200), maxTokens: 4)
        await fake.control.advance { $0.plans.count { !$0.decode.isEmpty } == 1 }
        self.clock.advance(by: .milliseconds(20))
        await fake.control.advance()
        self.clock.advance(by: .milliseconds(5))
        await fake.control.advance()
        #expect(fake.model.generations.map(\.delays.longestGap) == [.milliseconds(20)])
        self.clock.advance(by: .milliseconds(90))
        let chunks = fake.control.log.plans.reduce(0) { $0 + $1.prefill.count }
        fake.control.release()
        _ = try await stream.collect()
        let record = try #require(fake.model.recentGenerations.last)
        #expect(record.delays.longestGap == .milliseconds(90))
        #expect(record.delays.prefillChunks == chunks && chunks > 1)
    }

    @Test("how long its reader was behind, while it is and afterwards")
    func paused() async throws {
        let fake = FakeModel(parallel: 1, clock: self.clock)
        let stream = AsyncContext(fake.model).stream("abcd", maxTokens: 100)
        // As many steps as it may be ahead, and what the engine does after the last of them.
        await fake.control.steps(32)
        await AsyncContext(fake.model).clear()
        #expect(fake.model.generations.map(\.isPaused) == [true])
        self.clock.advance(by: .seconds(3))
        #expect(fake.model.generations.map(\.delays.pausedTime) == [.seconds(3)])
        #expect(try await stream.collect().tokens.count == 100)
        self.clock.advance(by: .seconds(3))
        #expect(fake.model.recentGenerations.map(\.delays.pausedTime) == [.seconds(3)])
    }

    @Test("a reader that does not come back gives its slot to a call that waits, and has all of its answer when it does")
    func stalled() async throws {
        let fake = FakeModel(parallel: 1, parkedTokens: 1_000, clock: self.clock)
        let stream = AsyncContext(fake.model).stream("abcd", maxTokens: 100)
        await fake.control.steps(32)
        await AsyncContext(fake.model).clear()
        let other = AsyncContext(fake.model).stream("xyz", maxTokens: 3)
        _ = try await other.accepted()
        // The engine wakes by itself.
        await self.clock.nextSleeper()
        self.clock.advance(by: .seconds(1))
        #expect(try await other.collect().text == "xyz")
        #expect(fake.model.generations.map(\.phase) == [.suspended])
        #expect(try await stream.collect().text == String(repeating: "abcd", count: 25))
    }

    @Test("how long a call of a higher class had its slot")
    func suspended() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1, parkedTokens: 1_000, clock: self.clock)
        let batch = AsyncContext(fake.model).stream("abcdefgh", maxTokens: 8, options: .init(priority: .batch))
        await fake.control.steps(1)
        await fake.control.advance()
        let other = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        _ = try await fake.model.tokenize("")
        await fake.control.advance { $0.step?.prefill.contains { $0.request == RequestID(2) } ?? false }
        self.clock.advance(by: .seconds(2))
        await fake.control.advance()
        #expect(fake.model.generations.first?.delays.suspendedTime == .seconds(2))
        self.clock.advance(by: .seconds(1))
        fake.control.release()
        #expect(try await other.collect().text == "abc")
        #expect(try await batch.collect().text == "abcdefgh")
        let record = try #require(fake.model.recentGenerations.last)
        #expect(record.id == 1 && record.delays.suspendedTime == .seconds(3) && record.timings.suspended == .seconds(3))
    }

    @Test("what the cache holds can be read while the engine is in a step")
    func cacheUse() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1)
        let stream = AsyncContext(fake.model).stream(String(repeating: "a", count: 100), maxTokens: 4)
        await fake.control.advance { $0.plans.count { !$0.decode.isEmpty } == 2 }
        #expect(fake.model.cacheUse.busyTokens == 101 && fake.model.cacheUse.cells >= 100)
        fake.control.release()
        _ = try await stream.collect()
        await fake.model.close()
        #expect(fake.model.cacheUse == CacheUse())
    }
}
