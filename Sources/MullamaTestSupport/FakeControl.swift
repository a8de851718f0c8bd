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
        /// How many texts have come to be made into tokens.
        package var texts = 0

        /// How often the backend was told that there is nothing to do.
        package var rests = 0
        /// Whether the engine is in a step.
        package var isInStep = false

        /// The step that the engine is in, or was in last.
        package var step: StepPlan? { self.plans.last }
    }

    private struct State {
        var log = Log()
        var faults: [RequestID: RequestFault] = [:]
        var engineFault: RequestFault?
        var resizeFaults: [RequestFault] = []
        var waiters: [(isReached: @Sendable (Log) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
        /// Whether a test that waited was cancelled.
        var isGivenUp = false
    }

    /// Tokens after which every answer ends; nil for never.
    package let length: Int?
    /// How often each token of an answer has its text.
    package let repetitions: Int
    private let gate: StepGate?
    private let textGate: StepGate?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - length: Tokens after which every answer ends; nil for never.
    ///   - repetitions: How often each token of an answer has its text, to fill what holds much of it with few steps.
    ///   - isHeld: Whether each step waits for ``release(_:)``.
    ///   - isTextHeld: Whether each text waits for ``releaseText(_:)``.
    package init(length: Int? = nil, repetitions: Int = 1, isHeld: Bool = false, isTextHeld: Bool = false) {
        self.length = length
        self.repetitions = repetitions
        self.gate = isHeld ? StepGate() : nil
        self.textGate = isTextHeld ? StepGate() : nil
    }

    package var log: Log { self.state.withLock { $0.log } }

    /// Lets held steps run: this many, or all from now on.
    package func release(_ steps: Int? = nil) {
        self.gate?.open(steps)
    }

    /// Lets held texts become tokens: this many, or all from now on.
    package func releaseText(_ texts: Int? = nil) {
        self.textGate?.open(texts)
    }

    /// Waits until the engine has entered this many steps in all.
    package func steps(_ count: Int) async {
        await self.until { $0.plans.count >= count }
    }

    /// Waits until this many texts in all have come to be made into tokens.
    package func texts(_ count: Int) async {
        await self.until { $0.texts >= count }
    }

    /// Waits until the backend was told so often in all that there is nothing to do.
    package func rests(_ count: Int) async {
        await self.until { $0.rests >= count }
    }

    private func until(_ isReached: @escaping @Sendable (Log) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = self.state.withLock { state in
                    guard !isReached(state.log), !state.isGivenUp else { return true }
                    state.waiters.append((isReached, continuation))
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            self.giveUp()
        }
    }

    /// The test is out of time: nothing is held any more and nobody waits, so that it comes to its end.
    private func giveUp() {
        let waiters = self.state.withLock { state in
            state.isGivenUp = true
            defer { state.waiters = [] }
            return state.waiters
        }
        self.release()
        self.releaseText()
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Lets held steps run one by one until the log is as wanted; the last of them is held.
    package func advance(until isReached: (Log) -> Bool) async {
        await self.until { $0.isInStep }
        while !isReached(self.log), !Task.isCancelled { await self.advance(by: 1) }
    }

    /// Lets this many held steps run, one by one; the one after them is held.
    package func advance(by count: Int) async {
        let entered = self.log.plans.count
        for step in 1...count {
            self.release(1)
            await self.steps(entered + step)
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

    /// Notes what happened, and wakes who waits for it.
    func record(_ change: (inout Log) -> Void) {
        let woken = self.state.withLock { state in
            change(&state.log)
            let woken = state.waiters.filter { $0.isReached(state.log) }
            if !woken.isEmpty { state.waiters.removeAll { $0.isReached(state.log) } }
            return woken
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Blocks the engine's thread while steps are held.
    func enterStep(_ plan: StepPlan) {
        self.record { log in
            log.plans.append(plan)
            log.isInStep = true
        }
        self.gate?.pass()
        self.record { $0.isInStep = false }
    }

    /// Blocks the text thread while texts are held.
    func enterText() {
        self.record { $0.texts += 1 }
        self.textGate?.pass()
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
