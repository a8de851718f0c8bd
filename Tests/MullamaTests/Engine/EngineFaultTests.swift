import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Faults of the engine", .timeLimit(.minutes(1)))
struct EngineFaultTests {
    private let fault = RequestFault(.engineFailed, "broken on purpose", underlying: -3)

    @Test("S30: a fault of the engine ends what runs with its code and the text so far; what waits, and what comes later, is served")
    func restart() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 2)
        let running = (0..<2).map { AsyncContext(fake.model).stream("run\($0)", maxTokens: 40) }
        try await fake.decode(2)
        let waiting = AsyncContext(fake.model).stream("wait", maxTokens: 8)
        _ = try await fake.model.tokenize("the text thread has sent the request on")
        await fake.control.advance()
        fake.control.failEngine(self.fault)
        fake.control.release()

        for (index, stream) in running.enumerated() {
            await #expect {
                _ = try await stream.collect()
            } throws: { error in
                let error = error as? MullamaError
                return error?.code == .engineFailed && error?.underlying == -3
                    && error?.partialText?.hasPrefix("run\(index)".prefix(2)) == true
            }
        }
        #expect(try await waiting.collect().text == "waitwait")
        #expect(try await AsyncContext(fake.model).generate("next", maxTokens: 8) == "nextnext")
        #expect(fake.model.metrics.engineRestarts == 1)
        #expect(fake.control.log.live.isEmpty)
    }

    @Test("A fault while nothing but one prompt runs fails that alone, and nothing computed before is taken for cached")
    func coldAfterwards() async throws {
        let fake = FakeModel()
        let prompt = String(repeating: "0123456789abcdef", count: 4)
        _ = try await fake.model.generate(prompt, maxTokens: 2)
        fake.control.failEngine(self.fault)
        await #expect(throws: MullamaError.self) { _ = try await fake.model.generate("other", maxTokens: 2) }
        let again = try await AsyncContext(fake.model).stream(prompt, maxTokens: 2).collect()
        #expect(again.text == "01")
        #expect(again.usage.cachedTokens == 0)
    }
}
