import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("Reading on an actor", .timeLimit(.minutes(1)))
struct IsolationTests {
    /// Counts how often it is come back to.
    private final class CountingExecutor: SerialExecutor {
        private let thread = InferenceThread(name: "reader")
        private let jobs = Mutex(0)

        deinit {
            self.thread.stop()
        }

        var count: Int { self.jobs.withLock { $0 } }

        func enqueue(_ job: consuming ExecutorJob) {
            self.jobs.withLock { $0 += 1 }
            let job = UnownedJob(job)
            self.thread.run { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }

        func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
    }

    private actor Reader {
        let executor = CountingExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

        /// - Returns: The text, and how often reading it left the actor.
        func read(_ stream: GenerationStream) async throws -> (text: String, hops: Int) {
            let before = self.executor.count
            var text = ""
            for try await chunk in stream { text += chunk.text }
            return (text, self.executor.count - before)
        }

        func collect(_ stream: GenerationStream) async throws -> (text: String, hops: Int) {
            let before = self.executor.count
            return (try await stream.collect().text, self.executor.count - before)
        }

        func results(_ results: GenerationResults) async throws -> (texts: Set<String>, hops: Int) {
            let before = self.executor.count
            var texts: Set<String> = []
            for await (_, result) in results { texts.insert(try result.get().text) }
            return (texts, self.executor.count - before)
        }
    }

    @Test("What is there already is read without leaving the actor")
    func noHops() async throws {
        let fake = FakeModel()
        let streams = ["one ", "two "].map { AsyncContext(fake.model).stream($0, maxTokens: 20) }
        let results = fake.model.generateEach(["one ", "two "], maxTokens: 20)
        // Returns when all answers are complete.
        await fake.model.close()

        let reader = Reader()
        #expect(try await reader.read(streams[0]) == (String(repeating: "one ", count: 5), 0))
        #expect(try await reader.collect(streams[1]) == (String(repeating: "two ", count: 5), 0))
        let (texts, hops) = try await reader.results(results)
        #expect(texts.count == 2)
        #expect(hops == 0)
    }
}
