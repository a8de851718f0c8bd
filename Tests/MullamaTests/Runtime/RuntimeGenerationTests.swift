import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("What a runtime tells of generations", .timeLimit(.minutes(1)))
struct RuntimeGenerationTests {
    @Test("S46: a runtime counts the generations of its tasks and of tasks that prefer its threads, of all models, and no others")
    func counts() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        let (one, two) = (FakeModel(), FakeModel())
        _ = try await runtime.spawn { try await one.model.generate("abc", maxTokens: 5) }.value
        let preferring = Task(executorPreference: runtime) { try await two.model.generate("abc", maxTokens: 7) }
        _ = try await preferring.value
        _ = try await one.model.generate("abc", maxTokens: 9)
        await #expect(throws: MullamaError.self) { try await runtime.spawn { _ = try await one.model.generate("") }.value }

        let generations = runtime.metrics.generations
        #expect(generations.started == 3)
        #expect(generations.finished == [.length: 2, .failed: 1])
        #expect(generations.usage.completionTokens == 12)
        #expect(generations.timeToFirstToken.count == 2)
        #expect(generations.interTokenLatency.count == 10)
        #expect(one.model.metrics.started == 3)
        await runtime.shutdown(grace: .zero)
    }
}
