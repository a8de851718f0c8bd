import Synchronization

/// Holds tasks until it is opened, or until they are cancelled.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var wasCancelled = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var wasCancelled: Bool { self.state.withLock { $0.wasCancelled } }

    func pass() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOpen = self.state.withLock { state in
                    if !state.isOpen, !state.wasCancelled { state.waiters.append(waiter) }
                    return state.isOpen || state.wasCancelled
                }
                if isOpen { waiter.resume() }
            }
        } onCancel: {
            self.end { $0.wasCancelled = true }
        }
    }

    func open() {
        self.end { $0.isOpen = true }
    }

    private func end(_ change: (inout State) -> Void) {
        let waiters = self.state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
