import InferenceCore
import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("Generations, told as they go", .timeLimit(.minutes(1)))
struct ActivityEventTests {
    private final class Events: Sendable {
        private let all = Mutex<[GenerationEvent]>([])

        func add(_ event: GenerationEvent) { self.all.withLock { $0.append(event) } }

        var ended: [GenerationRecord] {
            self.all.withLock { $0.compactMap { if case .ended(let record, _, _) = $0 { record } else { nil } } }
        }

        var firstTokens: Int { self.all.withLock { $0.count { if case .firstToken = $0 { true } else { false } } } }
        var nextTokens: Int { self.all.withLock { $0.count { if case .nextToken = $0 { true } else { false } } } }
    }

    @Test("Every call ends once, has one first token if any, and tells each token once", arguments: [1, 2, 7])
    func counts(maxTokens: Int) async throws {
        let fake = FakeModel()
        let events = Events()
        fake.model.observe { events.add($0) }
        let answers = try await fake.model.generateAll(["abc", "defghi"], maxTokens: maxTokens)
        await #expect(throws: MullamaError.self) { _ = try await fake.model.generate("", maxTokens: maxTokens) }
        await fake.model.close()
        #expect(answers.count == 2)
        #expect(events.ended.count == 3)
        #expect(events.ended.map(\.errorCode).compactMap(\.self) == [.invalidRequest])
        #expect(events.firstTokens == 2)
        #expect(events.nextTokens == 2 * (maxTokens - 1))
        #expect(fake.model.metrics.interTokenLatency.count == events.nextTokens)
    }

    @Test("Times are those since the call and since the token before")
    func times() async throws {
        let clock = ManualClock()
        let fake = FakeModel(FakeControl(isHeld: true), clock: clock)
        let times = Mutex<[Duration]>([])
        let (ends, end) = AsyncStream.makeStream(of: Duration.self)
        fake.model.observe { event in
            switch event {
            case .firstToken(let time), .nextToken(let time): times.withLock { $0.append(time) }
            case .ended(_, _, let age): end.yield(age)
            }
        }
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.steps(1)
        clock.advance(by: .milliseconds(50))
        await fake.control.advance { $0.plans.count { !$0.decode.isEmpty } == 1 }
        clock.advance(by: .milliseconds(20))
        await fake.control.advance { $0.plans.count { !$0.decode.isEmpty } == 2 }
        clock.advance(by: .milliseconds(5))
        fake.control.release()
        _ = try await stream.collect()
        #expect(await ends.first { _ in true } == .milliseconds(75))
        #expect(times.withLock { $0 } == [.milliseconds(50), .milliseconds(20), .milliseconds(5)])
    }

    @Test("What the caller had waited counts, and a call that never began was queued all the time")
    func waited() async throws {
        let clock = ManualClock()
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1, clock: clock)
        let events = Mutex<[GenerationEvent]>([])
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        fake.model.observe { event in
            events.withLock { $0.append(event) }
            if case .ended = event { end.yield() }
        }
        var options = GenerationOptions()
        options.waited = .seconds(10)
        let first = AsyncContext(fake.model).stream("abc", maxTokens: 1, options: options)
        await fake.control.steps(1)
        let second = AsyncContext(fake.model).stream("abc", maxTokens: 1, options: options)
        _ = try await second.accepted()
        clock.advance(by: .seconds(3))
        second.cancel()
        fake.control.release()
        _ = try await first.collect()
        var seen = ends.makeAsyncIterator()
        for _ in 0..<2 { _ = await seen.next() }
        let times = events.withLock { events in
            events.map { event in
                switch event {
                case .firstToken(let time), .nextToken(let time): [time]
                case .ended(_, let queued, let age): [queued, age]
                }
            }
        }
        #expect(times.contains([.seconds(13)]))
        #expect(times.contains([.seconds(10), .seconds(13)]))
        #expect(times.contains([.seconds(13), .seconds(13)]))
        #expect(times.count == 3)
    }

    @Test("Each load of a model has an id of its own")
    func loads() {
        #expect(FakeModel().model.loadID != FakeModel().model.loadID)
    }

    @Test("The engine is busy while it is in a step, for as long as it is, and not while it waits")
    func busyTime() async throws {
        let clock = ManualClock()
        let fake = FakeModel(FakeControl(isHeld: true), clock: clock)
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.steps(1)
        #expect(fake.model.busyTime == .zero)
        clock.advance(by: .seconds(40))
        #expect(fake.model.busyTime == .seconds(40))
        await fake.control.advance()
        #expect(fake.model.busyTime == .zero)
        fake.control.release()
        _ = try await stream.collect()
        await fake.model.close()
        #expect(fake.model.busyTime == nil)
    }

    @Test("A generation that ended is found by its number")
    func record() async throws {
        let fake = FakeModel()
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 2)
        _ = try await stream.collect()
        await fake.model.close()
        #expect(fake.model.record(of: stream.id)?.usage.completionTokens == 2)
        #expect(fake.model.record(of: 99) == nil)
    }

    @Test("Pieces are bytes, also where a character is spread over several")
    func pieces() async throws {
        let fake = FakeModel()
        #expect(try await fake.model.pieces(of: await fake.model.tokenize("aä")) == [[0x61], [0xC3], [0xA4]])
    }
}
