package import InferenceCore
import Synchronization

/// Who produces what a channel carries.
package protocol StreamProducer: Sendable {
    /// Ends a request that nobody waits for any more, with the reason for it.
    func cancel(_ request: RequestID, reason: FinishReason)
    /// Goes on with a request that was paused for its consumer.
    func resume(_ request: RequestID)
}

/// The way of one answer from the engine to its consumer. Holds the lock and the continuation; ``StreamState`` decides.
package final class StreamChannel: Sendable {
    private typealias Waiter = CheckedContinuation<GenerationChunk?, any Error>
    private typealias Caller = CheckedContinuation<Int, any Error>

    private struct State {
        var stream = StreamState<Waiter>()
        var acceptance = AcceptanceState<Caller>()
        /// Text delivered into the channel so far, for the error of a call that runs out of time, and for a chat's history.
        var text = ""
        /// How many tokens that text is made of.
        var tokens = 0
        /// How likely the prompt's tokens were, once that is known.
        var promptLogprobs: [TokenLogprob?] = []
        var endings = Endings()
    }

    /// What is done once, at the stream's end.
    private struct Endings {
        var cancellation: (token: CancellationToken, handler: Int)?
        /// Ends the stream at its deadline.
        var alarm: Task<Void, Never>?
        var onEnd: (@Sendable () -> Void)?
    }

    package let request: RequestID
    let seed: UInt64
    /// Holds the model until the end, so that a stream outlives the variable that its model was in.
    private let producer: Mutex<(any StreamProducer)?>
    private let state = Mutex(State())

    package init(request: RequestID, seed: UInt64, producer: any StreamProducer) {
        self.request = request
        self.seed = seed
        self.producer = Mutex(producer)
    }

    // MARK: The engine's side

    /// The call was checked and handed to the engine.
    func accept(promptTokens count: Int) {
        let callers = self.state.withLock { $0.stream.end == nil ? $0.acceptance.accept(count) : [] }
        for caller in callers { caller.resume(returning: count) }
    }

    /// - Returns: Whether the consumer is behind and the engine should pause. The engine does so before it takes the next message: a message
    ///   that the consumer has caught up must not be overtaken.
    package func push(_ chunk: GenerationChunk) -> Bool {
        let (waiter, pause) = self.state.withLock { state -> (Waiter?, Bool) in
            // What comes after the end is nobody's: the engine may be in a step when its reader leaves.
            guard state.stream.end == nil else { return (nil, false) }
            state.text += chunk.text
            state.tokens += chunk.tokens.count
            return state.stream.push(chunk)
        }
        waiter?.resume(returning: chunk)
        return pause
    }

    /// All of the prompt is computed, and this is how likely its tokens were, but for the first.
    func score(_ logprobs: [TokenLogprob]) {
        self.state.withLock { $0.promptLogprobs = [nil] + logprobs }
    }

    package func finish(_ reason: FinishReason, _ usage: Usage, _ timings: Timings) {
        switch reason {
        case .cancelled:
            self.finish(.failed(CancellationError()))
        case .deadline:
            self.finish(.failed(self.deadlinePassed))
        default:
            self.finish(.finished(GenerationSummary(finishReason: reason, usage: usage, timings: timings)))
        }
    }

    package func fail(_ fault: RequestFault) {
        let text = self.state.withLock { $0.text }
        self.finish(.failed(MullamaError(fault, partialText: text.isEmpty ? nil : text)))
    }

    func fail(_ error: any Error) {
        self.finish(.failed(error))
    }

    // MARK: The consumer's side

    /// The next chunk, or nil after the last.
    ///
    /// - Parameter isolation: The caller's. A closure that names it runs there; else waiting on an actor would take a way off it and back.
    func next(isolation: isolated (any Actor)?) async throws -> GenerationChunk? {
        let scope = TimeLimitScope.current
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(isolation: isolation) { self.take($0) }
        } onCancel: {
            // Before the end: the time limit looks for the text as soon as its body has ended.
            if let scope, let text = self.unfinishedText { scope.keep(text) }
            self.cancel()
        }
    }

    /// Waits until the call is accepted, and returns the tokens of its prompt.
    func accepted(isolation: isolated (any Actor)?) async throws -> Int {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(isolation: isolation) { caller in
                let known = self.state.withLock { state -> Result<Int, any Error>? in
                    if let count = state.acceptance.promptTokens { return .success(count) }
                    switch state.stream.end {
                    case .failed(let error): return .failure(error)
                    case .finished(let summary): return .success(summary.usage.promptTokens)
                    case nil:
                        state.acceptance.wait(caller)
                        return nil
                    }
                }
                if let known { caller.resume(with: known) }
            }
        } onCancel: {
            self.cancel()
        }
    }

    private func take(_ continuation: Waiter) {
        let action = self.state.withLock { state in
            let action = state.stream.next()
            if case .suspend = action { state.stream.wait(continuation) }
            return action
        }
        switch action {
        case .suspend:
            break
        case .deliver(let chunk, let resume):
            continuation.resume(returning: chunk)
            if resume { self.producer.withLock { $0 }?.resume(self.request) }
        case .end(.finished):
            continuation.resume(returning: nil)
        case .end(.failed(let error)):
            continuation.resume(throwing: error)
        case .refuse:
            continuation.resume(throwing: MullamaError(.invalidRequest, "two tasks iterate one stream: make a stream for each of them"))
        }
    }

    /// Lets the engine run ahead: the consumer will read all of it, and the answer's length is bounded by its request.
    func removeBound() {
        guard self.state.withLock({ $0.stream.removeBound() }) else { return }
        self.producer.withLock { $0 }?.resume(self.request)
    }

    /// Ends the stream for the consumer at once, and has the engine stop.
    func cancel() {
        self.finish(.failed(CancellationError()), discarding: true, stopping: .cancelled)
    }

    /// Ends the stream at the deadline. The engine knows of it, too, but may be in a step, or not know of the request yet.
    func expire(at deadline: Duration, on clock: EngineClock) {
        let alarm = Task { [weak self] in
            guard (try? await clock.sleep(deadline)) != nil, let self else { return }
            self.finish(.failed(self.deadlinePassed), stopping: .deadline)
        }
        let isOver = self.state.withLock { state in
            guard state.stream.end == nil else { return true }
            state.endings.alarm = alarm
            return false
        }
        if isOver { alarm.cancel() }
    }

    /// Has `handler` called when the stream has ended, at once if it has. There is one handler at most.
    func onEnd(_ handler: @escaping @Sendable () -> Void) {
        let isOver = self.state.withLock { state in
            guard state.stream.end == nil else { return true }
            state.endings.onEnd = handler
            return false
        }
        if isOver { handler() }
    }

    func cancel(with token: CancellationToken) {
        guard let handler = token.onCancel({ [weak self] in self?.cancel() }) else { return }
        let isOver = self.state.withLock { state in
            guard state.stream.end == nil else { return true }
            state.endings.cancellation = (token, handler)
            return false
        }
        if isOver { token.removeHandler(handler) }
    }

    /// The text so far; nil once the stream has ended.
    private var unfinishedText: String? { self.state.withLock { $0.stream.end == nil ? $0.text : nil } }

    var promptLogprobs: [TokenLogprob?] { self.state.withLock { $0.promptLogprobs } }

    var isOver: Bool { self.state.withLock { $0.stream.end != nil } }

    /// All that came, without what was dropped unread, and how it ended; nil before the end.
    var outcome: (text: String, end: Result<GenerationSummary, any Error>)? {
        self.state.withLock { state in
            switch state.stream.end {
            case nil: nil
            case .finished(let summary): (state.text, .success(summary))
            case .failed(let error): (state.text, .failure(error))
            }
        }
    }

    /// What the engine said at the end; nil before, and after an error.
    var summary: GenerationSummary? {
        self.state.withLock { state in
            if case .finished(let summary) = state.stream.end { summary } else { nil }
        }
    }

    private var deadlinePassed: MullamaError {
        let (text, tokens) = self.state.withLock { ($0.text, $0.tokens) }
        return MullamaError(
            .timedOut,
            "the deadline passed after \(tokens) tokens: allow more time or ask for fewer",
            partialText: text.isEmpty ? nil : text
        )
    }

    /// - Parameters:
    ///   - discarding: Whether what the consumer has not read is dropped.
    ///   - reason: Why the engine is to stop; nil if it is the engine that says that this is the end.
    private func finish(_ end: StreamState<Waiter>.End, discarding: Bool = false, stopping reason: FinishReason? = nil) {
        let (waiter, callers, isFirst, endings) = self.state.withLock { state in
            let unread = discarding ? state.stream.bufferedLength : 0
            let (waiter, isFirst) = state.stream.finish(end, discarding: discarding)
            if isFirst, unread > 0 { state.text = String(decoding: state.text.utf8.dropLast(unread), as: UTF8.self) }
            defer { if isFirst { state.endings = Endings() } }
            return (waiter, isFirst ? state.acceptance.end() : [], isFirst, state.endings)
        }
        guard isFirst else { return }
        if let cancellation = endings.cancellation { cancellation.token.removeHandler(cancellation.handler) }
        endings.alarm?.cancel()
        let producer = self.producer.withLock { $0.take() }
        if let reason { producer?.cancel(self.request, reason: reason) }
        switch end {
        case .finished(let summary):
            waiter?.resume(returning: nil)
            for caller in callers { caller.resume(returning: summary.usage.promptTokens) }
        case .failed(let error):
            waiter?.resume(throwing: error)
            for caller in callers { caller.resume(throwing: error) }
        }
        endings.onEnd?()
    }
}
