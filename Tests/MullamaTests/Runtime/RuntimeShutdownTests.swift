import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("Shutting a runtime down", .timeLimit(.minutes(1)))
struct RuntimeShutdownTests {
    private func expectDown(_ runtime: MullamaRuntime, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(runtime.metrics.workerThreads == 0, sourceLocation: sourceLocation)
        await #expect(sourceLocation: sourceLocation) {
            try await runtime.spawn {}.value
        } throws: { error in
            MullamaError.hasCode(.runtimeShutDown, error)
        }
        let refusal = try await onOwnThread { Result { try runtime.blockOn {} } }
        #expect(sourceLocation: sourceLocation) {
            try refusal.get()
        } throws: { error in
            MullamaError.hasCode(.runtimeShutDown, error)
        }
    }

    @Test("S19: shutdown lets the tasks that run end, and refuses new ones meanwhile")
    func drains() async throws {
        let clock = ManualClock()
        let runtime = try MullamaRuntime(workerThreads: 2, threadName: "test", clock: clock)
        let gate = Gate()
        let task = runtime.spawn {
            await gate.pass()
            return Task.isCancelled
        }
        let shutdown = Task { await runtime.shutdown(grace: .seconds(5)) }
        await clock.nextSleeper()
        await #expect {
            try await runtime.spawn {}.value
        } throws: { error in
            MullamaError.hasCode(.runtimeShutDown, error)
        }
        clock.advance(by: .seconds(4))
        #expect(runtime.metrics.tasksRunning == 1)
        gate.open()
        #expect(try await task.value == false)
        await shutdown.value
        try await self.expectDown(runtime)
        #expect(runtime.metrics.tasksCompleted == 1)
    }

    @Test("S19: after the grace, shutdown cancels the tasks and waits for their end")
    func cancels() async throws {
        let clock = ManualClock()
        let runtime = try MullamaRuntime(workerThreads: 2, threadName: "test", clock: clock)
        let (gate, last) = (Gate(), Gate())
        let task = runtime.spawn {
            await gate.pass()
            let wasCancelled = Task.isCancelled
            await Task.detached { await last.pass() }.value
            return wasCancelled
        }
        let isOver = Atomic(false)
        let shutdown = Task {
            await runtime.shutdown(grace: .seconds(5))
            isOver.store(true, ordering: .relaxed)
        }
        await clock.nextSleeper()
        clock.advance(by: .seconds(5))
        try await waitWhile(!gate.wasCancelled)
        #expect(runtime.tasks.map(\.isCancelled) == [true])
        #expect(!isOver.load(ordering: .relaxed) && runtime.metrics.workerThreads == 2)
        last.open()
        #expect(try await task.value)
        await shutdown.value
        try await self.expectDown(runtime)
    }

    @Test("S19: shutdown in the middle of a generation cancels it, and the engine is free")
    func generation() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        let fake = FakeModel(FakeControl(isHeld: true))
        let task = runtime.spawn { try await AsyncContext(fake.model).generate("abc", maxTokens: 400) }
        fake.control.release(3)
        await fake.control.steps(4)
        await runtime.shutdown(grace: .zero)
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(runtime.metrics.tasksCancelled == 1)
        try await self.expectDown(runtime)
        fake.control.release()
        #expect(try await AsyncContext(fake.model).generate("next", maxTokens: 8) == "nextnext")
        #expect(fake.control.log.live.isEmpty)
        #expect(fake.control.log.plans.count < 50)
    }

    @Test("S19: shutdown cancels a blockOn after the grace, which throws what its body throws")
    func blocked() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let fake = FakeModel(FakeControl(isHeld: true))
        let caller = Task {
            try await onOwnThread { try runtime.blockOn { try await AsyncContext(fake.model).generate("abc", maxTokens: 400) } }
        }
        fake.control.release(3)
        await fake.control.steps(4)
        await runtime.shutdown(grace: .zero)
        await #expect(throws: CancellationError.self) { _ = try await caller.value }
        fake.control.release()
    }

    @Test("Shutdown can be called again, at once and later, and the shortest grace counts")
    func again() async throws {
        let clock = ManualClock()
        let runtime = try MullamaRuntime(workerThreads: 3, threadName: "test", clock: clock)
        let gate = Gate()
        let task = runtime.spawn { await gate.pass() }
        let patient = (0..<4).map { _ in Task { await runtime.shutdown(grace: .seconds(3600)) } }
        await clock.nextSleeper()
        await runtime.shutdown(grace: .zero)
        for shutdown in patient { await shutdown.value }
        try await task.value
        #expect(gate.wasCancelled)
        await runtime.shutdown(grace: .seconds(1))
        try await self.expectDown(runtime)
    }

    @Test("A shutdown whose own task is cancelled has no grace any more")
    func impatient() async throws {
        let clock = ManualClock()
        let runtime = try MullamaRuntime(workerThreads: 1, threadName: "test", clock: clock)
        let gate = Gate()
        let task = runtime.spawn { await gate.pass() }
        let shutdown = Task { await runtime.shutdown(grace: .seconds(3600)) }
        await clock.nextSleeper()
        shutdown.cancel()
        await shutdown.value
        #expect(gate.wasCancelled)
        try await task.value
        try await self.expectDown(runtime)
    }

    @Test("A task of the runtime can shut it down, and so can a child of it, a task that it started, and two of them at once")
    func fromInside() async throws {
        for threads in [1, 3] {
            let runtime = try MullamaRuntime.builder().workerThreads(threads).build()
            let other = Gate()
            let cancelled = runtime.spawn { await other.pass() }
            let gates = [Gate(), Gate()]
            let outer = (0..<2).map { index in
                runtime.spawn {
                    gates[index].open()
                    await gates[1 - index].pass()
                    // Waits for the inner task, which therefore must not wait for it.
                    return try await runtime.spawn {
                        await withTaskGroup(of: Bool.self) { group in
                            group.addTask {
                                await runtime.shutdown(grace: .zero)
                                return !isOnThread(of: runtime)
                            }
                            return await group.next() ?? false
                        }
                    }.value
                }
            }
            var ended = 0
            for task in outer {
                switch await task.result {
                case .success(let isElsewhere):
                    ended += 1
                    #expect(isElsewhere)
                case .failure(let error):
                    // It came to its inner task when the other had begun the shutdown.
                    #expect(MullamaError.hasCode(.runtimeShutDown, error))
                }
            }
            #expect(ended >= 1)
            try await cancelled.value
            #expect(other.wasCancelled)
            try await self.expectDown(runtime)
        }
    }

    @Test("The body of a blockOn can shut the runtime down, and goes on after it")
    func fromBlockOn() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(1).build()
        let text = try await onOwnThread {
            try runtime.blockOn {
                await runtime.shutdown(grace: .seconds(60))
                await Task.yield()
                return try await FakeModel().model.generate("abc", maxTokens: 3)
            }
        }
        #expect(text == "abc")
        #expect(runtime.metrics.tasksCompleted == 1)
    }

    @Test("S20: tasks that only prefer the runtime go on on Swift's threads after its end, and new ones begin there")
    func afterTheEnd() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        let gate = Gate()
        let preferring = Task(executorPreference: runtime) {
            let wasThere = isOnThread(of: runtime)
            await gate.pass()
            await Task.yield()
            return [wasThere, isOnThread(of: runtime)]
        }
        try await runtime.reaches { $0.jobsRun >= 1 && $0.jobsWaiting == 0 }
        await runtime.shutdown(grace: .seconds(60))
        gate.open()
        #expect(await preferring.value == [true, false])
        let late = Task(executorPreference: runtime) {
            await Task.yield()
            return isOnThread(of: runtime)
        }
        #expect(await late.value == false)
        await withTaskExecutorPreference(runtime) {
            await withTaskGroup(of: Int.self) { group in
                for index in 0..<50 { group.addTask { index } }
                #expect(await group.reduce(0, +) == 1225)
            }
        }
    }

    @Test("Tasks that come while a shutdown begins either run to their end or are refused, a hundred times over")
    func race() async throws {
        for _ in 0..<100 {
            let runtime = try MullamaRuntime.builder().workerThreads(2).build()
            let spawner = Task.detached {
                (0..<20).map { index in
                    runtime.spawn {
                        await Task.yield()
                        return index
                    }
                }
            }
            await runtime.shutdown(grace: .seconds(60))
            var refused = 0
            for (index, task) in await spawner.value.enumerated() {
                switch await task.result {
                case .success(let value): #expect(value == index)
                case .failure(let error):
                    refused += 1
                    #expect(MullamaError.hasCode(.runtimeShutDown, error))
                }
            }
            let metrics = runtime.metrics
            #expect(metrics.tasksCompleted == 20 - refused && metrics.tasksRunning == 0 && metrics.workerThreads == 0)
        }
    }
}
