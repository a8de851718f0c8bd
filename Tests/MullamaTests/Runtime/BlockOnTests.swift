import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("A synchronous program on a runtime", .timeLimit(.minutes(1)))
struct BlockOnTests {
    private struct Failure: Error {}

    @Test("S19: blockOn returns what its body returns, which runs on the runtime's threads, and throws what it throws")
    func result() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        #expect(try await onOwnThread { try runtime.blockOn { isOnThread(of: runtime) } })
        let failed = try await onOwnThread { Result { try runtime.blockOn { throw Failure() } } }
        #expect(throws: Failure.self) { try failed.get() }
        await runtime.shutdown(grace: .zero)
    }

    @Test("S19: generating and streaming inside of blockOn")
    func generation() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let texts = try await onOwnThread {
            try runtime.blockOn {
                let model = FakeModel().model
                async let other = model.generate("xy", maxTokens: 4)
                let context = AsyncContext(model)
                var texts = [try await context.generate("abc", maxTokens: 6)]
                var streamed = ""
                for try await chunk in context.stream("def", maxTokens: 6) { streamed += chunk.text }
                texts.append(streamed)
                texts.append(try await other)
                return texts
            }
        }
        #expect(texts == ["abcabc", "defdef", "xyxy"])
        await runtime.shutdown(grace: .zero)
    }

    @Test("S19: timers work inside of blockOn, and time limits do")
    func timers() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let elapsed = try await onOwnThread {
            try runtime.blockOn {
                let start = ContinuousClock.now
                // A real timer: that one fires here is what is tested.
                try await Task.sleep(for: .milliseconds(20))
                #expect(isOnThread(of: runtime))
                await #expect(throws: MullamaError.self) {
                    try await withTimeout(.milliseconds(1)) { try await Task.sleep(for: .seconds(3600)) }
                }
                #expect(isOnThread(of: runtime))
                return ContinuousClock.now - start
            }
        }
        #expect(elapsed >= .milliseconds(20))
        await runtime.shutdown(grace: .zero)
    }

    @Test("Several threads are blocked at once on a runtime of one thread, and the main actor can be used")
    func several() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let gate = Gate()
        let callers = (0..<8).map { index in
            Task {
                try await onOwnThread {
                    try runtime.blockOn {
                        await gate.pass()
                        return await MainActor.run { index }
                    }
                }
            }
        }
        try await runtime.reaches { $0.tasksRunning == 8 }
        gate.open()
        for (index, caller) in callers.enumerated() { #expect(try await caller.value == index) }
        await runtime.shutdown(grace: .zero)
    }

    @Test("The caller's task-local values are seen inside")
    func taskLocals() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let value = try await onOwnThread { try Values.$number.withValue(7) { try runtime.blockOn { Values.number } } }
        #expect(value == 7)
        #expect(try await Values.$number.withValue(8) { try await runtime.spawn { Values.number }.value } == 8)
    }

    private enum Values {
        @TaskLocal static var number = 0
    }
}
