import InferenceCore
import Testing

/// In each phase: the request ends at once with what it has said so far, the others do not notice, and what it computed is kept.
@Suite("Scheduler: cancels and deadlines")
struct SchedulerCancelTests {
    /// Runs another request beside, which must come out as if it were alone.
    private static func harness(chunk: Int = 16) -> SchedulerHarness {
        var harness = SchedulerHarness(parallel: 2, chunk: chunk)
        harness.add(.sample(1, prompt: 500..<520, maxTokens: 20))
        harness.step()
        return harness
    }

    private static func expectOthersUntouched(
        _ harness: consuming SchedulerHarness,
        cached: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        harness.run()
        #expect(harness.reason(1) == .length, sourceLocation: sourceLocation)
        #expect(harness.text(1) == String(repeating: "x", count: 20), sourceLocation: sourceLocation)
        #expect(harness.scheduler.isIdle && harness.scheduler.busyLengths.isEmpty, sourceLocation: sourceLocation)
        // The same context works at once, and finds what was computed.
        harness.add(.sample(90, context: 2, prompt: 0..<200))
        harness.run()
        #expect(harness.text(90) == "xxxx", sourceLocation: sourceLocation)
        #expect(harness.usage(90)?.cachedTokens == cached, sourceLocation: sourceLocation)
    }

    @Test("a cancel that comes before its request")
    func early() {
        var harness = Self.harness()
        harness.cancel(2)
        #expect(harness.ended.isEmpty)
        harness.add(.sample(2, prompt: 0..<200))
        #expect(harness.ending(2) == .finished(.cancelled, Usage(promptTokens: 200), Timings()))
        #expect(harness.scheduler.waitingCount == 0)
        Self.expectOthersUntouched(harness, cached: 0)
    }

    @Test("a cancel before any request, and before one that would be refused")
    func earlyFirst() {
        var harness = SchedulerHarness()
        harness.cancel(1)
        harness.cancel(2, reason: .deadline)
        harness.add(.sample(1, prompt: 0..<0))
        harness.add(.sample(2))
        #expect(harness.reason(1) == .cancelled && harness.reason(2) == .deadline)
        harness.expectNothingToDo()
    }

    @Test("a cancel for a request that never comes is forgotten when a later one does")
    func neverComes() throws {
        func remembered(_ harness: SchedulerHarness) throws -> Set<RequestID> {
            let early = Mirror(reflecting: harness.scheduler).descendant("cancelledEarly") as? [RequestID: FinishReason]
            return Set(try #require(early).keys)
        }
        var harness = Self.harness()
        for id in 2...1_000 as ClosedRange<UInt64> { harness.cancel(id) }
        #expect(try remembered(harness).count == 999)
        harness.add(.sample(999))
        #expect(harness.reason(999) == .cancelled)
        #expect(try remembered(harness) == [RequestID(1_000)])
        harness.add(.sample(1_001))
        #expect(try remembered(harness).isEmpty)
        // What was added before is not to come any more.
        harness.cancel(500)
        #expect(try remembered(harness).isEmpty)
    }

    @Test("a cancel while waiting")
    func waiting() {
        var harness = Self.harness()
        harness.add(.sample(2, context: 1, prompt: 0..<200))
        harness.steps(2)
        harness.cancel(2)
        #expect(harness.reason(2) == .cancelled)
        #expect(harness.ending(2)?.timings == Timings(queued: .milliseconds(2)))
        Self.expectOthersUntouched(harness, cached: 0)
    }

    @Test("a cancel while the prompt is computed; the chunks stay")
    func prefilling() {
        var harness = Self.harness()
        harness.add(.sample(2, prompt: 0..<200))
        harness.steps(6)
        #expect(harness.slot(2) != nil && harness.texts[RequestID(2)] == nil)
        let computed = harness.chunks(of: 2).map { $0[1] }.reduce(0, +)
        #expect(computed == 96)
        harness.cancel(2)
        #expect(harness.reason(2) == .cancelled && harness.usage(2)?.completionTokens == 0)
        Self.expectOthersUntouched(harness, cached: 96)
    }

    @Test("a cancel while generating; the text so far came, the prompt's blocks stay")
    func decoding() {
        var harness = Self.harness(chunk: 64)
        harness.answer(2, "a", "b", "S", "T", "z")
        harness.add(.sample(2, prompt: 0..<100, maxTokens: 10, stops: ["STOP"]))
        harness.step { $0.tokens[RequestID(2)]?.count == 2 }
        harness.steps(2)
        #expect(harness.text(2) == "ab")
        harness.cancel(2)
        #expect(harness.text(2) == "abST")
        #expect(harness.reason(2) == .cancelled)
        #expect(harness.usage(2) == Usage(promptTokens: 100, completionTokens: 4))
        Self.expectOthersUntouched(harness, cached: 80)
    }

    @Test("a cancel while paused")
    func paused() {
        var harness = Self.harness()
        harness.add(.sample(2, prompt: 0..<200))
        harness.steps(3)
        harness.pause(2)
        harness.steps(2)
        harness.cancel(2)
        #expect(harness.reason(2) == .cancelled)
        Self.expectOthersUntouched(harness, cached: 48)
    }

    @Test("a cancel that comes after the end, and twice")
    func late() {
        var harness = Self.harness()
        harness.add(.sample(2, prompt: 0..<40, maxTokens: 1))
        harness.step { $0.ending(2) != nil }
        harness.cancel(2)
        harness.cancel(2)
        #expect(harness.reason(2) == .length)
        Self.expectOthersUntouched(harness, cached: 16)
    }

    @Test("all at once", arguments: [FinishReason.cancelled, .deadline])
    func all(reason: FinishReason) {
        var harness = SchedulerHarness(parallel: 2)
        for id in 1...5 as ClosedRange<UInt64> { harness.add(.sample(id)) }
        harness.steps(2)
        harness.cancelAll(reason: reason)
        #expect(harness.ended == [1, 2, 3, 4, 5])
        #expect((1...5).allSatisfy { harness.reason($0) == reason })
        #expect(harness.scheduler.isIdle && harness.scheduler.busyLengths.isEmpty)
        harness.expectNothingToDo()
    }

    @Test(
        "a deadline ends its request in any phase, and no other",
        arguments: [
            // milliseconds, text so far, tokens that stay
            (1, "", 0), (8, "", 112), (12, "", 176), (14, "xx", 176), (16, "xxxx", 176),
        ]
    )
    func deadline(milliseconds: Int, text: String, cached: Int) {
        var harness = Self.harness()
        harness.add(.sample(2, prompt: 0..<200, maxTokens: 50, deadline: .milliseconds(milliseconds)))
        #expect(harness.scheduler.nextAlarm == .milliseconds(milliseconds))
        harness.step { $0.ending(2) != nil }
        #expect(harness.reason(2) == .deadline)
        #expect(harness.text(2) == text)
        #expect(harness.scheduler.nextAlarm == nil)
        Self.expectOthersUntouched(harness, cached: cached)
    }

    @Test("the deadline of a request that is paused or waits for its context counts, too")
    func deadlineWithoutWork() {
        var harness = SchedulerHarness()
        harness.add(.sample(1, context: 9, maxTokens: 50, deadline: .milliseconds(20)))
        harness.add(.sample(2, context: 9, deadline: .milliseconds(10)))
        harness.step()
        harness.pause(1)
        harness.expectNothingToDo()
        #expect(harness.scheduler.nextAlarm == .milliseconds(10))
        harness.now = .milliseconds(10)
        harness.expectNothingToDo()
        #expect(harness.ended == [2])
        harness.now = .milliseconds(20)
        harness.expectNothingToDo()
        #expect(harness.ended == [2, 1])
        #expect(harness.reason(1) == .deadline && harness.text(1) == "x")
    }
}
