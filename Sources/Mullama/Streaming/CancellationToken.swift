import Synchronization

/// Cancels calls from outside of their tasks, as an abort controller does: hand one to ``GenerationOptions/cancellation``, and call
/// ``cancel()`` from anywhere. The calls throw `CancellationError`.
///
/// One token may serve any number of calls. A call made with a token that is cancelled already throws at once.
public final class CancellationToken: Sendable {
    private struct State {
        var isCancelled = false
        var nextID = 0
        var handlers: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    public var isCancelled: Bool { self.state.withLock { $0.isCancelled } }

    /// Cancels every call made with this token, now and later. Calling it again changes nothing.
    public func cancel() {
        let handlers = self.state.withLock { state in
            state.isCancelled = true
            defer { state.handlers = [:] }
            return state.handlers.values
        }
        for handler in handlers { handler() }
    }

    /// Has `handler` called on cancel, at once if that was before.
    ///
    /// - Returns: What ``removeHandler(_:)`` takes.
    package func onCancel(_ handler: @escaping @Sendable () -> Void) -> Int? {
        let id = self.state.withLock { state -> Int? in
            guard !state.isCancelled else { return nil }
            state.nextID += 1
            state.handlers[state.nextID] = handler
            return state.nextID
        }
        if id == nil { handler() }
        return id
    }

    package func removeHandler(_ id: Int) {
        self.state.withLock { $0.handlers[id] = nil }
    }
}
