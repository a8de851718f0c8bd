import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Closing a model while it generates", .timeLimit(.minutes(1)))
struct CloseTests {
    private let clock = ManualClock()

    private func isModelClosed(_ error: any Error, text: String?) -> Bool {
        let error = error as? MullamaError
        return error?.code == .modelClosed && error?.partialText == text
    }

    @Test("S22: after the grace period what runs fails with modelClosed and its text so far, and so does what waits")
    func grace() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1, clock: self.clock)
        let running = AsyncContext(fake.model).stream("abcd", maxTokens: 400)
        let waiting = AsyncContext(fake.model).stream("wait", maxTokens: 400)
        await fake.control.advance { $0.plans.count == 4 }
        let model = fake.model
        let closing = Task { await model.close(grace: .seconds(5)) }
        // The close has gone through the text thread before what comes after it.
        while (try? await fake.model.tokenize("x")) != nil { try Task.checkCancellation() }
        self.clock.advance(by: .seconds(5))
        fake.control.release()
        await closing.value
        // How many steps the engine took before it read of the close is not told.
        await #expect {
            _ = try await running.collect()
        } throws: { error in
            let error = error as? MullamaError
            return error?.code == .modelClosed && error?.partialText?.hasPrefix("abc") == true
        }
        await #expect { _ = try await waiting.collect() } throws: { self.isModelClosed($0, text: nil) }
        #expect(fake.model.generations.isEmpty)
    }

    @Test("What ends within the grace period is answered whole, and the close returns then")
    func drained() async throws {
        let fake = FakeModel(clock: self.clock)
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 30)
        async let text = stream.collect().text
        await fake.model.close(grace: .seconds(5))
        #expect(try await text == String(repeating: "abc", count: 10))
    }

    @Test("Of two closes the shorter grace counts, and both return")
    func twice() async throws {
        let fake = FakeModel(clock: self.clock)
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 400)
        // Nobody reads: the answer pauses, and would pause for ever.
        let model = fake.model
        async let patient: Void = model.close()
        async let impatient: Void = model.close(grace: .seconds(1))
        await self.clock.nextSleeper()
        self.clock.advance(by: .seconds(1))
        _ = await (patient, impatient)
        await #expect { _ = try await stream.collect() } throws: { ($0 as? MullamaError)?.code == .modelClosed }
    }

    @Test("cancelAll ends the calls of one context, queued ones too, and no others; later calls on it work")
    func cancelAll() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let context = AsyncContext(fake.model)
        let mine = [context.stream("one", maxTokens: 40), context.stream("two", maxTokens: 40)]
        let other = AsyncContext(fake.model).stream("other", maxTokens: 10)
        _ = try await fake.model.tokenize("the text thread has sent all on")
        await fake.control.advance { $0.plans.last?.decode.count == 2 }
        context.cancelAll()
        _ = try await fake.model.tokenize("the text thread has sent the cancel on")
        fake.control.release()
        for stream in mine { await #expect(throws: CancellationError.self) { _ = try await stream.collect() } }
        #expect(try await other.collect().text == "otherother")
        #expect(try await context.generate("next", maxTokens: 4) == "next")
    }
}
