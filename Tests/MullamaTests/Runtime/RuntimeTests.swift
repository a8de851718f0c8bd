import Foundation
import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("Tasks on a runtime", .timeLimit(.minutes(1)))
struct RuntimeTests {
    @Test("S19: the builder checks the number of threads, and takes one for each core by default", arguments: [0, -1, 513])
    func range(_ count: Int) throws {
        #expect {
            _ = try MullamaRuntime.builder().workerThreads(count).build()
        } throws: { error in
            MullamaError.hasCode(.invalidRequest, error) && "\(error)".contains("\(count)")
        }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        #expect(try MullamaRuntime.builder().build().metrics.workerThreads == cores)
        #expect(try MullamaRuntime.builder().workerThreads(3).build().metrics.workerThreads == 3)
    }

    @Test("S19: four worker threads are four threads, with names, and all of them run tasks")
    func threads() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(4).threadName("a-long-name-for-it").build()
        // Passed only if four threads are in it at the same time.
        let barrier = ThreadBarrier(4)
        let tasks = (0..<4).map { _ in
            runtime.spawn {
                barrier.arriveAndWait()
                return isOnThread(of: runtime)
            }
        }
        for task in tasks { #expect(try await task.value) }
        #if os(Linux)
        let names = Set(threadNames().filter { $0.hasPrefix("a-long-name-f") })
        #expect(names == ["a-long-name-f-0", "a-long-name-f-1", "a-long-name-f-2", "a-long-name-f-3"])
        #endif
        await runtime.shutdown(grace: .zero)
    }

    @Test("S19: all parts of a spawned task run on the runtime: after sleeping, in child tasks, on actors, in a generation and its stream")
    func everywhere() async throws {
        actor Counter {
            private var count = 0

            func add() -> (count: Int, runtime: MullamaRuntime?) {
                self.count += 1
                return (self.count, WorkerThread.current?.runtime)
            }
        }
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        let fake = FakeModel()
        let counter = Counter()
        try await runtime.spawn {
            #expect(isOnThread(of: runtime))
            // A real timer: that one fires here is what is tested.
            try await Task.sleep(for: .milliseconds(1))
            #expect(isOnThread(of: runtime))

            let added = await counter.add()
            #expect(added.count == 1 && added.runtime === runtime)

            async let child = isOnThread(of: runtime)
            #expect(await child)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 { group.addTask { isOnThread(of: runtime) } }
                for await isThere in group { #expect(isThere) }
            }

            let context = AsyncContext(fake.model)
            #expect(try await context.generate("abc", maxTokens: 6) == "abcabc")
            #expect(isOnThread(of: runtime))
            var text = ""
            for try await chunk in context.stream("xyz", maxTokens: 9) {
                #expect(isOnThread(of: runtime))
                text += chunk.text
            }
            #expect(text == "xyzxyzxyz")

            #expect(await MainActor.run { !isOnThread(of: runtime) })
            #expect(isOnThread(of: runtime))
        }.value
        await runtime.shutdown(grace: .zero)
    }

    @Test("S20: any task can prefer the runtime, and goes back when the preference ends")
    func preference() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        #expect(!isOnThread(of: runtime))
        await withTaskExecutorPreference(runtime) {
            #expect(isOnThread(of: runtime))
            await Task.yield()
            #expect(isOnThread(of: runtime))
        }
        #expect(!isOnThread(of: runtime))
        let task = Task(executorPreference: runtime) { isOnThread(of: runtime) }
        #expect(await task.value)
        #expect(runtime.tasks.isEmpty && runtime.metrics.tasksStarted == 0)
        #expect(runtime.metrics.jobsRun >= 3)
    }

    @Test("current is the runtime of the thread, else of the task, and nil elsewhere")
    func current() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let other = try MullamaRuntime.builder().workerThreads(1).build()
        #expect(MullamaRuntime.current == nil)
        try await runtime.spawn {
            #expect(MullamaRuntime.current === runtime)
            #expect(await MainActor.run { MullamaRuntime.current === runtime })
            // It takes the task's values along, and not its executor.
            let started = Task { [isOnThread(of: runtime), MullamaRuntime.current === runtime] }
            #expect(await started.value == [false, true])
            let detached = Task.detached { MullamaRuntime.current == nil }
            #expect(await detached.value)
            await withTaskExecutorPreference(other) { #expect(MullamaRuntime.current === other) }
            let isOther = try await other.spawn { MullamaRuntime.current === other }.value
            #expect(isOther)
        }.value
        #expect(MullamaRuntime.current == nil)
        await runtime.shutdown(grace: .zero)
        await other.shutdown(grace: .zero)
    }

    @Test("A thousand spawned tasks all end, each with its own result, and each that generates with its own answer")
    func thousand() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(4).build()
        let fake = FakeModel(parallel: 16)
        let tasks = (0..<1000).map { index in
            runtime.spawn {
                guard index.isMultiple(of: 10) else {
                    await Task.yield()
                    return "\(index)"
                }
                return try await AsyncContext(fake.model).generate("\(index)", maxTokens: "\(index)".count)
            }
        }
        for (index, task) in tasks.enumerated() { #expect(try await task.value == "\(index)") }
        let metrics = runtime.metrics
        #expect(metrics.tasksStarted == 1000 && metrics.tasksCompleted == 1000 && metrics.tasksRunning == 0, "\(metrics)")
        #expect(metrics.jobsRun >= 2000)
        #expect(runtime.tasks.isEmpty)
        await runtime.shutdown(grace: .zero)
        #expect(runtime.metrics.jobsWaiting == 0)
    }

    @Test("Of tasks that wait for a thread, those of higher priority come first")
    func priorities() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let hold = ThreadBarrier(2)
        runtime.spawn { hold.arriveAndWait() }
        try await runtime.reaches { $0.jobsRun == 1 }
        let order = Mutex<[Int]>([])
        let priorities: [TaskPriority] = [.low, .background, .high, .medium, .high, .low]
        for (index, priority) in priorities.enumerated() {
            runtime.spawn(priority: priority) { order.withLock { $0.append(index) } }
        }
        #expect(runtime.metrics.jobsWaiting == 6)
        hold.arriveAndWait()
        await runtime.shutdown(grace: .seconds(60))
        #expect(order.withLock { $0 } == [2, 4, 3, 0, 5, 1])
        #expect(runtime.metrics.jobsRun == 7)
    }
}
