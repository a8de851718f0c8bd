import InferenceCore
import MullamaTestSupport
import SchedulerSimulator
import Testing

@testable import Mullama

@Suite("Recorded traces", .timeLimit(.minutes(1)))
struct TraceTests {
    private let clock = ManualClock()

    private func recorded(_ fake: FakeModel, _ traffic: () async throws -> Void) async throws -> [TraceEntry] {
        let trace = fake.model.trace()
        try await traffic()
        await fake.model.close()
        var entries: [TraceEntry] = []
        for await entry in trace { entries.append(entry) }
        return entries
    }

    @Test("each request with its time, sizes and limits, and what came of it")
    func entries() async throws {
        let fake = FakeModel(clock: self.clock)
        self.clock.advance(by: .seconds(5))
        _ = try await fake.model.generate("before", maxTokens: 2)
        let entries = try await self.recorded(fake) {
            _ = try await fake.model.tokenize("")
            self.clock.advance(by: .seconds(2))
            _ = try await fake.model.generate("abcdef", maxTokens: 3, options: .init(priority: .batch, deadline: .seconds(60)))
        }
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(entry.arrival == .seconds(2) && entry.promptTokens == 6 && entry.maxTokens == 3 && entry.priority == .batch)
        #expect(entry.deadline == .seconds(60) && entry.cancel == nil && !entry.isStrict)
        #expect(entry.result?.reason == .length && entry.answerTokens == 3)
    }

    @Test("prompts that begin alike are seen, and nothing of what they say")
    func prefixes() async throws {
        let fake = FakeModel(clock: self.clock)
        let preamble = String(repeating: "0123456789abcdef", count: 3)
        let entries = try await self.recorded(fake) {
            for end in ["x", "y"] { _ = try await fake.model.generate(preamble + end, maxTokens: 1) }
            _ = try await fake.model.generate("?" + preamble, maxTokens: 1)
        }
        let prompts = entries.map(\.prompt)
        #expect(prompts.map { $0.map(\.tokens) } == [[16, 16, 16, 1], [16, 16, 16, 1], [16, 16, 16, 1]])
        #expect(prompts[0].dropLast() == prompts[1].dropLast() && prompts[0].last != prompts[1].last)
        #expect(Set(prompts[2]).isDisjoint(with: prompts[0]))
        // Equal blocks in other places are not seen as equal.
        #expect(Set(prompts[0]).count == 4)
        #expect(prompts.joined().allSatisfy { $0.text <= PromptPiece.largestName })
        #expect(TraceRecorder().pieces(of: [1, 2, 3]) != TraceRecorder().pieces(of: [1, 2, 3]))
    }

    @Test("a cancel is in it, and a replay of it ends the same way")
    func replay() async throws {
        let fake = FakeModel(clock: self.clock)
        let entries = try await self.recorded(fake) {
            _ = try await fake.model.generate("abc", maxTokens: 4)
            let left = AsyncContext(fake.model).stream("abc", maxTokens: 400)
            for try await _ in left.prefix(3) {}
        }
        #expect(entries.map { $0.result?.reason } == [.length, .cancelled])
        let cancelled = try #require(entries.last)
        #expect(cancelled.cancel != nil && cancelled.answerTokens == 400)
        let report = Simulation(Trace(entries), on: .cpu2, limits: SchedulerLimits(parallel: 2)).run()
        #expect(report.all.endings == ["length": 1, "cancelled": 1])
    }

    @Test("what was under way when a recording began is in none, and a recording ends with the loop")
    func beginAndEnd() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), clock: self.clock)
        let early = AsyncContext(fake.model).stream("abc", maxTokens: 4)
        await fake.control.advance()
        self.clock.advance(by: .seconds(1))
        let entries = try await self.recorded(fake) {
            fake.control.release()
            _ = try await early.collect()
            _ = try await fake.model.generate("abcd", maxTokens: 1)
        }
        #expect(entries.map(\.promptTokens) == [4])
    }
}
