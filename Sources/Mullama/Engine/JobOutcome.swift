import Synchronization

/// Resumes the one who waits for a job, once: with what came of it, or with the cancel of the waiting task.
final class JobOutcome<R: Sendable>: Sendable {
    private enum State {
        case waiting(CheckedContinuation<R, any Error>?)
        case over(Result<R, any Error>?)
    }

    private let state = Mutex<State>(.waiting(nil))

    /// Whether nobody waits any more.
    var isOver: Bool {
        self.state.withLock { if case .over = $0 { true } else { false } }
    }

    func wait(isolation: isolated (any Actor)? = #isolation) async throws -> R {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(isolation: isolation) { continuation in
                let early = self.state.withLock { state -> Result<R, any Error>? in
                    if case .over(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let early { continuation.resume(with: early) }
            }
        } onCancel: {
            self.finish(.failure(CancellationError()))
        }
    }

    /// Only the first counts.
    func finish(_ result: Result<R, any Error>) {
        let waiter = self.state.withLock { state -> CheckedContinuation<R, any Error>? in
            guard case .waiting(let waiter) = state else { return nil }
            state = .over(waiter == nil ? result : nil)
            return waiter
        }
        waiter?.resume(with: result)
    }
}
