import InferenceCore
import Synchronization

/// Lets a cancel reach into a running prefill chunk, which would otherwise be computed to its end for nobody.
///
/// llama.cpp can only abort a whole call, so this is for calls that work for one request alone. The flag is what its threads read between two
/// operations of the graph, the lock is for us.
package final class AbortSignal: Sendable {
    private struct State {
        var current: RequestID?
        var cancelled: Set<RequestID> = []
    }

    private let state = Mutex(State())
    private let flag = Atomic(false)

    package init() {}

    /// A request is to be cancelled. May come from any thread, before or after the request's chunk has begun.
    package func cancel(_ request: RequestID) {
        self.state.withLock { state in
            state.cancelled.insert(request)
            if state.current == request { self.flag.store(true, ordering: .relaxed) }
        }
    }

    /// The engine has ended a request; its number does not come again.
    package func forget(_ request: RequestID) {
        self.state.withLock { _ = $0.cancelled.remove(request) }
    }

    /// Runs a call that works for one request alone.
    func during<R>(_ request: RequestID, _ body: () -> R) -> R {
        self.state.withLock { state in
            state.current = request
            self.flag.store(state.cancelled.contains(request), ordering: .relaxed)
        }
        defer {
            self.state.withLock { state in
                state.current = nil
                self.flag.store(false, ordering: .relaxed)
            }
        }
        return body()
    }

    /// Whether a request was cancelled and is not forgotten.
    func isCancelled(_ request: RequestID) -> Bool {
        self.state.withLock { $0.cancelled.contains(request) }
    }

    var isAborted: Bool { self.flag.load(ordering: .relaxed) || ExitGuard.isEnding }
}
