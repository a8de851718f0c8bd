import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("The callers' threads are theirs", .timeLimit(.minutes(1)))
struct CallerThreadTests {
    @Test("S01 S17: while more engines are in a step than the cooperative pool has threads, other tasks and the main actor go on")
    @MainActor
    func nothingBlocks() async throws {
        let fakes = (0..<32).map { _ in FakeModel(FakeControl(isHeld: true)) }
        let answers = fakes.map { fake in Task { try await fake.model.generate("abc", maxTokens: 6) } }
        for fake in fakes { await fake.control.steps(1) }

        var beats = 0
        let counted = await withTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                group.addTask {
                    await Task.yield()
                    return number
                }
            }
            var sum = 0
            for await number in group {
                beats += 1
                sum += number
            }
            return sum
        }
        #expect(counted == 4950)
        #expect(beats == 100)

        for fake in fakes { fake.control.release() }
        for answer in answers { #expect(try await answer.value == "abcabc") }
    }

    @Test("S18: a closure on the main actor may use the state around it, and resumes there")
    @MainActor
    func mainActor() async throws {
        let fake = FakeModel()
        let pool = try await ModelPool(fake.model, size: 1)
        var answers: [String] = []
        try await pool.withContext { context in
            answers.append(try await context.generate("abc", maxTokens: 3))
            MainActor.assertIsolated()
        }
        for try await chunk in AsyncContext(fake.model).stream("xy", maxTokens: 2) {
            MainActor.assertIsolated()
            answers.append(chunk.text)
        }
        #expect(answers == ["abc", "x", "y"])
    }

    @Test("S04: contexts are instant: a thousand of them have the engine do nothing, and the first call makes the cache")
    func contexts() async throws {
        let fake = FakeModel()
        let contexts = (0..<1_000).map { _ in AsyncContext(fake.model, ContextParams(contextSize: 300)) }
        #expect(AsyncContext(fake.model).contextSize == 512)
        #expect(fake.control.log.plans.isEmpty)
        #expect(try await contexts[999].generate("abc", maxTokens: 3) == "abc")
        #expect(contexts.allSatisfy { $0.contextSize == 300 })
        #expect(fake.control.log.plans.first?.memory.count == 1)
    }
}
