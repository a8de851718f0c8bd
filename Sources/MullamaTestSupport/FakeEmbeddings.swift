package import InferenceCore
package import Mullama
import Synchronization

/// A test's hands on a ``FakeEmbedder``: it sees the parts, holds them, and makes them fail.
package final class FakeEmbeddings: Sendable {
    /// Numbers of a vector.
    package static let width = 4

    package struct Log: Sendable {
        /// The parts so far, in order.
        package var parts: [EmbeddingPart] = []
        /// How often it was made and not freed.
        package var live = 0
        /// Texts that wait for what it takes to compute them.
        package var waits = 0
    }

    private struct State {
        var log = Log()
        var fault: RequestFault?
        var isReady: Bool
        var wake: (@Sendable () -> Void)?
        var waiters: [(isReached: @Sendable (Log) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let cut: EmbeddingCut
    private let gate: StepGate?
    /// How long a token takes.
    private let pace: (clock: ManualClock, time: Duration)?
    /// Whether vectors are numbers.
    let isNumber: Bool
    /// Tokens of the longest text that there is memory for.
    private let memory: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - isHeld: Whether each part waits for ``release(_:)``.
    ///   - isReady: Whether texts can be computed at once, or wait for ``makeReady()``.
    package init(
        cut: EmbeddingCut = .blocks(atMost: 64),
        isHeld: Bool = false,
        isReady: Bool = true,
        isNumber: Bool = true,
        memory: Int = .max,
        pace: (clock: ManualClock, time: Duration)? = nil
    ) {
        self.cut = cut
        self.gate = isHeld ? StepGate() : nil
        self.isNumber = isNumber
        self.memory = memory
        self.pace = pace
        self.state = Mutex(State(isReady: isReady))
    }

    package var log: Log { self.state.withLock { $0.log } }

    /// Lets held parts be computed: this many, or all from now on.
    package func release(_ parts: Int? = nil) {
        self.gate?.open(parts)
    }

    /// Waits until this many parts in all have been begun.
    package func parts(_ count: Int) async {
        await self.until { $0.parts.count >= count }
    }

    package func until(_ isReached: @escaping @Sendable (Log) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                guard !isReached(state.log) else { return true }
                state.waiters.append((isReached, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets texts be computed from now on.
    package func makeReady() {
        let wake = self.state.withLock { state in
            state.isReady = true
            return state.wake
        }
        wake?()
    }

    /// Makes the next part fail.
    package func fail(_ fault: RequestFault) {
        self.state.withLock { $0.fault = fault }
    }

    // MARK: The backend's side

    func made(wake: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.wake = wake }
        self.record { $0.live += 1 }
    }

    func freed() {
        self.record { $0.live -= 1 }
    }

    func prepare(for count: Int) throws(RequestFault) -> EmbeddingCut? {
        guard count <= self.memory else { throw RequestFault(.outOfMemory, "no memory for \(count) tokens") }
        guard self.state.withLock({ $0.isReady }) else {
            self.record { $0.waits += 1 }
            return nil
        }
        return self.cut
    }

    /// Blocks the engine's thread while parts are held.
    func enter(_ part: EmbeddingPart) {
        self.record { $0.parts.append(part) }
        self.gate?.pass()
        if let pace { pace.clock.advance(by: pace.time * part.tokens.count) }
    }

    func takeFault() -> RequestFault? {
        self.state.withLock { $0.fault.take() }
    }

    private func record(_ change: (inout Log) -> Void) {
        let woken = self.state.withLock { state in
            change(&state.log)
            let woken = state.waiters.filter { $0.isReached(state.log) }
            if !woken.isEmpty { state.waiters.removeAll { $0.isReached(state.log) } }
            return woken
        }
        for waiter in woken { waiter.continuation.resume() }
    }
}
