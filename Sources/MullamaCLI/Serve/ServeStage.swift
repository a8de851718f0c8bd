import Mullama
import MullamaServer
import Synchronization

/// How far a server is between its start and its end, which signals and a load that fails bring nearer.
final class ServeStage: Sendable {
    private struct State {
        var server: MullamaServer?
        var isEnding = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    /// Why it had to end by itself.
    var failure: (any Error)? { self.state.withLock { $0.failure } }

    /// - Returns: Whether there still is a reason to begin.
    func begin(_ server: MullamaServer) -> Bool {
        self.state.withLock { state in
            state.server = server
            return !state.isEnding
        }
    }

    func end(grace: Duration) {
        let server = self.state.withLock { state in
            state.isEnding = true
            return state.server
        }
        server?.drain(grace: grace)
    }

    /// Loads the default model while requests are already taken. A server that cannot have it ends: whoever started it must come to know.
    func load(_ models: ModelRegistry) {
        Task {
            do {
                try await models.lease(nil).release()
            } catch {
                let isFault = self.state.withLock { state in
                    guard !state.isEnding else { return false }
                    state.failure = error
                    return true
                }
                if isFault { self.end(grace: .zero) }
            }
        }
    }
}
