import MullamaTestSupport
import Synchronization
import Testing

@testable import Mullama

@Suite("Progress of loads", .timeLimit(.minutes(1)))
struct LoadProgressTests {
    final class Weights: Sendable {}

    @TaskLocal private static var tag = "none"

    private let loads = SharedLoads<String, Weights>()

    /// A task that has a thread of its own, so that it may be slow without taking one from others.
    private actor SlowCaller {
        private let thread = InferenceThread(name: "slow")
        nonisolated var unownedExecutor: UnownedSerialExecutor { self.thread.asUnownedSerialExecutor() }

        deinit {
            self.thread.stop()
        }

        func load(_ loads: SharedLoads<String, Weights>, onProgress: @escaping @Sendable (Double) -> Void) async throws -> Weights {
            try await loads.value(for: "model", onProgress: onProgress) { _, _ in Weights() }
        }
    }

    @Test("S03: the handler is called in the caller's task, on the caller's actor, with the caller's task-local values")
    @MainActor func inCallersTask() async throws {
        let seen = Mutex<[Double]>([])
        try await Self.$tag.withValue("mine") {
            _ = try await self.loads.value(for: "model") { progress in
                MainActor.assertIsolated()
                #expect(Self.tag == "mine")
                seen.withLock { $0.append(progress) }
            } load: { _, onProgress in
                for step in 1...4 { onProgress(Double(step) / 4) }
                return Weights()
            }
        }
        let values = seen.withLock { $0 }
        #expect(values == values.sorted())
        #expect(values.last == 1)
    }

    @Test("S03: a slow handler delays neither the load nor another who waits for it, and gets the latest value next")
    func slowHandler() async throws {
        let (hasBegun, isSlow, mayGoOn) = (StepGate(), StepGate(), StepGate())
        let slow = Mutex<[Double]>([])
        let fast = Mutex<[Double]>([])
        let other = Task {
            try await self.loads.value(for: "model") { progress in
                fast.withLock { $0.append(progress) }
            } load: { _, onProgress in
                hasBegun.pass()
                onProgress(0.1)
                isSlow.pass()
                for step in 2...10 { onProgress(Double(step) / 10) }
                return Weights()
            }
        }
        try await waitWhile(self.loads.waitingCount(for: "model") < 1)
        let caller = SlowCaller()
        let task = Task {
            try await caller.load(self.loads) { progress in
                slow.withLock { $0.append(progress) }
                isSlow.open(nil)
                mayGoOn.pass()
            }
        }
        try await waitWhile(self.loads.waitingCount(for: "model") < 2)
        hasBegun.open(nil)
        let weights = try await other.value
        #expect(slow.withLock { $0 } == [0.1])
        mayGoOn.open(nil)
        #expect(try await task.value === weights)
        #expect(slow.withLock { $0 } == [0.1, 1])
        #expect(fast.withLock { $0 }.last == 1)
    }
}
