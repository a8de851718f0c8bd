import Synchronization

/// A result for one task that waits for it, whichever comes first. Only the first result counts.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, any Error>)
        case settled(Result<Value, any Error>)
        case taken
    }

    private let state = Mutex(State.empty)

    init() {}

    /// - Returns: Whether it is the first.
    @discardableResult
    func settle(_ result: Result<Value, any Error>) -> Bool {
        let (isFirst, waiter) = self.state.withLock { state -> (Bool, CheckedContinuation<Value, any Error>?) in
            switch state {
            case .empty:
                state = .settled(result)
                return (true, nil)
            case .waiting(let waiter):
                state = .taken
                return (true, waiter)
            case .settled, .taken:
                return (false, nil)
            }
        }
        waiter?.resume(with: result)
        return isFirst
    }

    /// Waits for the result; to be called once. Who cancels has to settle it.
    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { waiter in
            let result = self.state.withLock { state -> Result<Value, any Error>? in
                guard case .settled(let result) = state else {
                    state = .waiting(waiter)
                    return nil
                }
                state = .taken
                return result
            }
            if let result { waiter.resume(with: result) }
        }
    }
}
