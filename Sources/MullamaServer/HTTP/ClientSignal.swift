import Synchronization

/// Tells that the client of a connection has gone.
final class ClientSignal: Sendable {
    private struct State {
        var isGone = false
        var lastHandler = 0
        var handlers: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    var isGone: Bool { self.state.withLock { $0.isGone } }

    func fire() {
        let handlers = self.state.withLock { state in
            state.isGone = true
            defer { state.handlers = [:] }
            return state.handlers
        }
        for handler in handlers.values { handler() }
    }

    /// Has the handler called when the client goes, at once if it has gone.
    ///
    /// - Returns: What ``remove(_:)`` takes.
    func onGone(_ handler: @escaping @Sendable () -> Void) -> Int {
        let id = self.state.withLock { state -> Int? in
            guard !state.isGone else { return nil }
            state.lastHandler += 1
            state.handlers[state.lastHandler] = handler
            return state.lastHandler
        }
        if id == nil { handler() }
        return id ?? 0
    }

    func remove(_ handler: Int) {
        self.state.withLock { $0.handlers[handler] = nil }
    }

    /// Runs the operation in a task that is cancelled when the client goes.
    func cancelling<R: Sendable>(_ operation: @escaping @Sendable () async throws -> R) async throws -> R {
        let task = Task { try await operation() }
        let handler = self.onGone { task.cancel() }
        defer { self.remove(handler) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
