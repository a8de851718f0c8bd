import Foundation
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("A runtime that nobody shuts down", .timeLimit(.minutes(1)))
struct RuntimeLifetimeTests {
    private final class Weak: Sendable {
        // Set once, before it is shared; the runtime of the language guards weak references.
        nonisolated(unsafe) private(set) weak var runtime: MullamaRuntime?

        init(_ runtime: MullamaRuntime) {
            self.runtime = runtime
        }
    }

    /// Starts tasks on a runtime that is dropped here.
    private func start(_ name: String, _ body: (MullamaRuntime) -> Void) throws -> Weak {
        let runtime = try MullamaRuntime.builder().workerThreads(2).threadName(name).build()
        body(runtime)
        return Weak(runtime)
    }

    private func expectGone(_ runtime: Weak, _ name: String) async throws {
        // Ends by the time limit if a task or a thread holds it.
        try await waitWhile(runtime.runtime != nil)
        #if os(Linux)
        try await waitWhile(threadNames().contains(where: { $0.hasPrefix(name) }))
        #endif
    }

    @Test("An unused runtime goes, and its threads end")
    func unused() async throws {
        let runtime = try self.start("unused") { _ in }
        try await self.expectGone(runtime, "unused")
    }

    @Test("Spawned tasks hold it to their end, which comes on its threads")
    func spawned() async throws {
        let gate = Gate()
        var tasks: [Task<Bool, any Error>] = []
        let runtime = try self.start("spawned") { runtime in
            tasks = (0..<10).map { _ in
                runtime.spawn {
                    await gate.pass()
                    return WorkerThread.current?.runtime != nil
                }
            }
        }
        #expect(runtime.runtime?.metrics.tasksRunning == 10)
        gate.open()
        for task in tasks { #expect(try await task.value) }
        tasks = []
        try await self.expectGone(runtime, "spawned")
    }

    @Test("S20: tasks that prefer it hold it to their end, with their children, their actors and what they have yet to start")
    func preferring() async throws {
        actor Sum {
            private(set) var value = 0

            func add(_ number: Int) { self.value += number }
        }
        let gate = Gate()
        let sum = Sum()
        var task: Task<Bool, Never>?
        let runtime = try self.start("preferring") { runtime in
            task = Task(executorPreference: runtime) {
                await gate.pass()
                await withTaskGroup(of: Void.self) { group in
                    for number in 1...100 { group.addTask { await sum.add(number) } }
                }
                return WorkerThread.current?.runtime != nil
            }
        }
        #expect(runtime.runtime != nil)
        gate.open()
        #expect(await task?.value == true)
        #expect(await sum.value == 5050)
        task = nil
        try await self.expectGone(runtime, "preferring")
    }

    @Test("A task that was started in a task of the runtime, and runs elsewhere, does not hold it")
    func inherited() async throws {
        let gate = Gate()
        var task: Task<Task<Bool, Never>, any Error>?
        let runtime = try self.start("inherited") { runtime in
            task = runtime.spawn {
                Task {
                    await gate.pass()
                    return MullamaRuntime.current == nil
                }
            }
        }
        let started = try await task?.value
        task = nil
        try await self.expectGone(runtime, "inherited")
        gate.open()
        #expect(await started?.value == true)
    }

    @Test("A chain of tasks, each started by the one before, holds nothing of those that have ended")
    func chain() async throws {
        @Sendable func next(_ left: Int, on runtime: MullamaRuntime, _ done: Gate) {
            runtime.spawn {
                try await waitWhile(runtime.tasks.count > 1)
                #expect((RuntimeScope.current?.lineage.count ?? 0) <= 2)
                if left > 0 { next(left - 1, on: runtime, done) } else { done.open() }
            }
        }
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        let done = Gate()
        next(100, on: runtime, done)
        await done.pass()
        await runtime.shutdown(grace: .seconds(60))
        #expect(runtime.metrics.tasksCompleted == 101)
    }

    // The thread sanitizer needs more address space than the test leaves it.
    #if os(Linux) && !MULLAMA_TSAN
    @Test("S19: where the system gives fewer threads than asked for, build throws, and those that had started end")
    func tooFewThreads() async {
        // In a process of its own, whose address space has room for a few stacks only.
        await #expect(processExitsWith: .success) {
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            let size = try #require(pages.first.flatMap { UInt($0) }) * UInt(sysconf(Int32(_SC_PAGESIZE)))
            let space = __rlimit_resource_t(RLIMIT_AS.rawValue)
            var usual = rlimit()
            getrlimit(space, &usual)
            var tight = usual
            tight.rlim_cur = size + (512 << 20)
            setrlimit(space, &tight)
            let builder = MullamaRuntime.builder().workerThreads(512).threadName("toofew")
            #expect {
                _ = try builder.build()
            } throws: { error in
                MullamaError.hasCode(.outOfMemory, error) && (error as? MullamaError)?.underlying == Int(EAGAIN)
            }
            try await waitWhile(threadNames().contains(where: { $0.hasPrefix("toofew") }))
            setrlimit(space, &usual)
            #expect(try await builder.workerThreads(2).build().spawn { 7 }.value == 7)
        }
    }
    #endif
}
