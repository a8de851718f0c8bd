import Foundation
package import InferenceCore
import Synchronization

/// A test's hands on a ``FakeBackend``: it sees the steps, holds them, and makes them fail.
package final class FakeControl: Sendable {
    package struct Log: Sendable {
        /// The plans so far, in order.
        package var plans: [StepPlan] = []
        /// Requests that the backend was told of and not yet to forget.
        package var live: Set<RequestID> = []
    }

    private struct State {
        var log = Log()
        var faults: [RequestID: RequestFault] = [:]
        var engineFault: RequestFault?
        var resizeFaults: [RequestFault] = []
        var waiters: [(steps: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Tokens after which every answer ends; nil for never.
    package let length: Int?
    private let gate: StepGate?
    private let state = Mutex(State())

    /// - Parameter isHeld: Whether each step waits for ``release(_:)``.
    package init(length: Int? = nil, isHeld: Bool = false) {
        self.length = length
        self.gate = isHeld ? StepGate() : nil
    }

    package var log: Log { self.state.withLock { $0.log } }

    /// Lets held steps run: this many, or all from now on.
    package func release(_ steps: Int? = nil) {
        self.gate?.open(steps)
    }

    /// Waits until the engine has entered this many steps in all.
    package func steps(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                guard state.log.plans.count < count else { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets held steps run one by one until the log is as wanted; the last of them is held.
    package func advance(until isReached: (Log) -> Bool) async {
        var count = 1
        await self.steps(count)
        while !isReached(self.log) {
            self.release(1)
            count += 1
            await self.steps(count)
        }
    }

    /// Lets the held step run, and holds the one after it.
    package func advance() async {
        let count = self.log.plans.count
        self.release(1)
        await self.steps(count + 1)
    }

    /// Makes the next step fail for a request.
    package func fail(_ request: RequestID, _ fault: RequestFault) {
        self.state.withLock { $0.faults[request] = fault }
    }

    /// Makes the next change of the cache's shape fail.
    package func failNextResize(_ fault: RequestFault) {
        self.state.withLock { $0.resizeFaults.append(fault) }
    }

    /// Makes the backend break down in the next step.
    package func failEngine(_ fault: RequestFault) {
        self.state.withLock { $0.engineFault = fault }
    }

    // MARK: The backend's side

    func record(_ change: (inout Log) -> Void) {
        self.state.withLock { change(&$0.log) }
    }

    /// Notes the step, wakes who waits for it, and blocks the engine's thread while steps are held.
    func enterStep(_ plan: StepPlan) {
        let woken = self.state.withLock { state in
            state.log.plans.append(plan)
            let count = state.log.plans.count
            let woken = state.waiters.filter { $0.steps <= count }
            state.waiters.removeAll { $0.steps <= count }
            return woken
        }
        for waiter in woken { waiter.continuation.resume() }
        self.gate?.pass()
    }

    func takeFaults() -> [RequestID: RequestFault] {
        self.state.withLock { state in
            defer { state.faults = [:] }
            return state.faults
        }
    }

    func takeEngineFault() -> RequestFault? {
        self.state.withLock { $0.engineFault.take() }
    }

    func takeResizeFault(for plan: StepPlan) -> RequestFault? {
        let isResize = plan.memory.contains { if case .resize = $0 { true } else { false } }
        guard isResize else { return nil }
        return self.state.withLock { $0.resizeFaults.isEmpty ? nil : $0.resizeFaults.removeFirst() }
    }
}
