import InferenceCore
import Synchronization

/// One answer of a chat, from its place in the queue to its place in the history.
final class ChatTurn: Sendable {
    /// What is answered.
    enum Question: Sendable {
        case messages([ChatMessage])
        /// What was answered last.
        case again
    }

    private typealias Waiter = CheckedContinuation<GenerationStream, any Error>

    private enum Phase {
        case queued(Waiter?)
        /// With the history that the answer belongs to.
        case running(GenerationStream, [ChatMessage])
        case failed(any Error)
    }

    private struct Leave {
        let waiter: Waiter?
    }

    private struct State {
        var phase = Phase.queued(nil)
        /// What would end the turn while it is queued, and is not needed any more afterwards.
        var watches: [@Sendable () -> Void] = []
    }

    let id: UInt64
    let session: ChatSession
    let question: Question
    let maxTokens: Int
    private let options: GenerationOptions
    private let called: Duration
    private let state = Mutex(State())

    init(_ id: UInt64, _ session: ChatSession, _ question: Question, maxTokens: Int, options: GenerationOptions) {
        self.id = id
        self.session = session
        self.question = question
        self.maxTokens = maxTokens
        // Of the task that calls: whoever starts it later has another.
        var options = options
        options.priority = options.priority ?? RequestPriority(Task.currentPriority)
        self.options = options
        self.called = session.clock.now()
    }

    // MARK: The session's side

    /// The options for what is left of its time.
    var remainingOptions: GenerationOptions {
        var options = self.options
        options.deadline = options.deadline.map { $0 - (self.session.clock.now() - self.called) }
        return options
    }

    var isQueued: Bool {
        self.state.withLock { if case .queued = $0.phase { true } else { false } }
    }

    /// What the answer belongs to, and what came of it; nil before its end.
    var outcome: (history: [ChatMessage], text: String, end: Result<GenerationSummary, any Error>)? {
        guard case .running(let stream, let history) = self.state.withLock({ $0.phase }), let outcome = stream.outcome else { return nil }
        return (history, outcome.text, outcome.end)
    }

    /// The request that computes it.
    var request: UInt64? {
        if case .running(let stream, _) = self.state.withLock({ $0.phase }) { stream.id } else { nil }
    }

    func run(_ stream: GenerationStream, after history: [ChatMessage]) {
        guard let leave = self.leaveQueue(for: .running(stream, history)) else { return stream.cancel() }
        stream.onEnd { self.settle() }
        leave.waiter?.resume(returning: stream)
    }

    func fail(_ error: any Error) {
        guard let leave = self.leaveQueue(for: .failed(error)) else { return }
        leave.waiter?.resume(throwing: error)
        self.session.leave(self.id)
    }

    /// Ends the turn while it waits, when its time is over or its token is cancelled.
    func watch() {
        let clock = self.session.clock
        if let deadline = self.options.deadline {
            let alarm = Task { [weak self, called] in
                guard (try? await clock.sleep(called + min(deadline, .seconds(3_000_000_000)))) != nil else { return }
                self?.fail(
                    MullamaError(.timedOut, "the deadline passed while earlier answers of the chat were on their way: allow more time")
                )
            }
            self.add { alarm.cancel() }
        }
        if let token = self.options.cancellation {
            guard let handler = token.onCancel({ [weak self] in self?.cancel() }) else { return }
            self.add { token.removeHandler(handler) }
        }
    }

    private func add(_ watch: @escaping @Sendable () -> Void) {
        let isQueued = self.state.withLock { state in
            guard case .queued = state.phase else { return false }
            state.watches.append(watch)
            return true
        }
        if !isQueued { watch() }
    }

    /// - Returns: Who waits for the turn, if somebody does; nil if it had left the queue before.
    private func leaveQueue(for phase: Phase) -> Leave? {
        let (leave, watches) = self.state.withLock { state -> (Leave?, [@Sendable () -> Void]) in
            guard case .queued(let waiter) = state.phase else { return (nil, []) }
            state.phase = phase
            defer { state.watches = [] }
            return (Leave(waiter: waiter), state.watches)
        }
        for watch in watches { watch() }
        return leave
    }

    // MARK: The consumer's side

    /// Waits for the answer's turn.
    func started(isolation: isolated (any Actor)?) async throws -> GenerationStream {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(isolation: isolation) { continuation in
                let early = self.state.withLock { state -> Result<GenerationStream, any Error>? in
                    switch state.phase {
                    case .queued(nil):
                        state.phase = .queued(continuation)
                        return nil
                    case .queued:
                        return .failure(
                            MullamaError(.invalidRequest, "two tasks wait for one answer: make a stream for each of them")
                        )
                    case .running(let stream, _): return .success(stream)
                    case .failed(let error): return .failure(error)
                    }
                }
                if let early { continuation.resume(with: early) }
            }
        } onCancel: {
            self.cancel()
        }
    }

    /// Ends the answer for its consumer, and has the engine stop.
    func cancel() {
        if case .running(let stream, _) = self.state.withLock({ $0.phase }) {
            stream.cancel()
        } else {
            self.fail(CancellationError())
        }
    }

    /// Has the answer, if it has ended, in the history. The consumer does not wait for the engine to do it.
    func settle() {
        self.session.settle(self)
    }
}
