import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("What a runtime tells about itself", .timeLimit(.minutes(1)))
struct RuntimeMetricsTests {
    private struct Failure: Error {}

    @Test("S46: the live list holds each task from its start to its end: name, priority, age, whether it was cancelled")
    func list() async throws {
        let clock = ManualClock()
        let runtime = try MullamaRuntime(workerThreads: 2, threadName: "test", clock: clock)
        let (first, second) = (Gate(), Gate())
        let kept = runtime.spawn(name: "kept", priority: .high) { await first.pass() }
        clock.advance(by: .seconds(3))
        // It takes no notice of its cancellation before the gate is open.
        let stubborn = runtime.spawn(priority: .low) { await Task.detached { await second.pass() }.value }
        clock.advance(by: .seconds(1))
        stubborn.cancel()

        let tasks = runtime.tasks
        try #require(tasks.count == 2)
        #expect(tasks.map(\.id) == [1, 2])
        #expect(tasks.map(\.name) == ["kept", nil])
        #expect(tasks.map(\.priority) == [.high, .low])
        #expect(tasks.map(\.age) == [.seconds(4), .seconds(1)])
        #expect(tasks.map(\.isCancelled) == [false, true])

        first.open()
        try await kept.value
        #expect(runtime.tasks.map(\.id) == [2])
        second.open()
        try await stubborn.value
        #expect(runtime.tasks.isEmpty)
    }

    @Test("S46: a task counts as running until it has ended, then as completed, failed or cancelled")
    func outcomes() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        func expect(_ running: Int, _ completed: Int, _ failed: Int, _ cancelled: Int, sourceLocation: SourceLocation = #_sourceLocation) {
            let metrics = runtime.metrics
            let counts = [metrics.tasksRunning, metrics.tasksCompleted, metrics.tasksFailed, metrics.tasksCancelled]
            #expect(counts == [running, completed, failed, cancelled], sourceLocation: sourceLocation)
            #expect(metrics.tasksStarted == counts.reduce(0, +), sourceLocation: sourceLocation)
            #expect(metrics.tasksRunning == runtime.tasks.count, sourceLocation: sourceLocation)
        }
        expect(0, 0, 0, 0)
        let gate = Gate()
        let running = runtime.spawn { await gate.pass() }
        expect(1, 0, 0, 0)
        let failing = runtime.spawn { throw Failure() }
        await #expect(throws: Failure.self) { try await failing.value }
        expect(1, 0, 1, 0)
        let never = Gate()
        let cancelled = runtime.spawn {
            await never.pass()
            try Task.checkCancellation()
        }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        expect(1, 0, 1, 1)
        gate.open()
        try await running.value
        expect(0, 1, 1, 1)
        #expect(try await onOwnThread { try runtime.blockOn { runtime.tasks.map(\.name) } } == ["blockOn"])
        expect(0, 2, 1, 1)
        await runtime.shutdown(grace: .zero)
        await #expect(throws: MullamaError.self) { try await runtime.spawn {}.value }
        expect(0, 2, 1, 1)
        #expect(runtime.metrics.workerThreads == 0)
    }

    @Test("S46: the figures are true at every moment while tasks of every outcome come and go")
    func always() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(4).build()
        let tasks = (0..<300).map { index in
            runtime.spawn {
                await Task.yield()
                switch index % 3 {
                case 0: return
                case 1: throw Failure()
                default: throw CancellationError()
                }
            }
        }
        var last = runtime.metrics
        while last.tasksRunning > 0 {
            let metrics = runtime.metrics
            let ended = metrics.tasksCompleted + metrics.tasksFailed + metrics.tasksCancelled
            #expect(metrics.tasksStarted == 300 && metrics.tasksRunning == 300 - ended)
            #expect(metrics.tasksRunning <= last.tasksRunning && metrics.jobsRun >= last.jobsRun)
            last = metrics
            await Task.yield()
        }
        for task in tasks { _ = await task.result }
        let metrics = runtime.metrics
        #expect([metrics.tasksCompleted, metrics.tasksFailed, metrics.tasksCancelled] == [100, 100, 100])
    }
}
