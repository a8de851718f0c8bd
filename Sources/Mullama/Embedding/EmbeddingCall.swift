package import InferenceCore
import Synchronization

/// One call for embeddings, on the side of who waits for it.
package final class EmbeddingCall: Sendable {
    /// What is done once, at the end.
    private struct Endings {
        var cancellation: (token: CancellationToken, handler: Int)?
        var alarm: Task<Void, Never>?
    }

    private struct State {
        /// Nil after the end.
        var endings: Endings? = Endings()
        /// Texts that are done.
        var done = 0
    }

    package let request: RequestID
    private let count: Int
    private let onAbandon: @Sendable () -> Void
    private let outcome = JobOutcome<[Embedding]>()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - count: How many texts there are.
    ///   - onAbandon: Called once if nobody waits for the results any more, or they cannot come.
    init(_ request: RequestID, count: Int, onAbandon: @escaping @Sendable () -> Void) {
        self.request = request
        self.count = count
        self.onAbandon = onAbandon
    }

    func wait() async throws -> [Embedding] {
        try await withTaskCancellationHandler {
            try await self.outcome.wait()
        } onCancel: {
            self.abandon(CancellationError())
        }
    }

    // MARK: The engine's side

    func textDone() {
        self.state.withLock { $0.done += 1 }
    }

    /// Only the first end counts.
    @discardableResult
    func finish(_ result: Result<[Embedding], any Error>) -> Bool {
        guard let endings = self.state.withLock({ $0.endings.take() }) else { return false }
        if let cancellation = endings.cancellation { cancellation.token.removeHandler(cancellation.handler) }
        endings.alarm?.cancel()
        self.outcome.finish(result)
        return true
    }

    // MARK: Ending early

    /// Ends the call at once for who waits, and has the engine stop.
    func abandon(_ error: any Error) {
        if self.finish(.failure(error)) { self.onAbandon() }
    }

    func expire(at deadline: Duration, on clock: EngineClock) {
        let alarm = Task { [weak self] in
            guard (try? await clock.sleep(deadline)) != nil, let self else { return }
            let done = self.state.withLock { $0.done }
            self.abandon(
                MullamaError(.timedOut, "the deadline passed after \(done) of \(self.count) texts: allow more time or give fewer")
            )
        }
        self.atEnd({ $0.alarm = alarm }, orNow: { alarm.cancel() })
    }

    func cancel(with token: CancellationToken) {
        guard let handler = token.onCancel({ [weak self] in self?.abandon(CancellationError()) }) else { return }
        self.atEnd({ $0.cancellation = (token, handler) }, orNow: { token.removeHandler(handler) })
    }

    private func atEnd(_ note: (inout Endings) -> Void, orNow undo: () -> Void) {
        let isOver = self.state.withLock { state in
            guard var endings = state.endings else { return true }
            note(&endings)
            state.endings = endings
            return false
        }
        if isOver { undo() }
    }

    /// Whether nobody waits any more.
    var isOver: Bool { self.state.withLock { $0.endings == nil } }
}
