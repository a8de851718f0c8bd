package import InferenceCore
import Synchronization

/// Who produces what a channel carries.
package protocol StreamProducer: Sendable {
    func cancel(_ request: RequestID)
    /// Goes on with a request that was paused for its consumer.
    func resume(_ request: RequestID)
}

/// The way of one answer from the engine to its consumer. Holds the lock and the continuation; ``StreamState`` decides.
package final class StreamChannel: Sendable {
    private typealias Waiter = CheckedContinuation<GenerationChunk?, any Error>

    private struct State {
        var stream = StreamState<Waiter>()
        /// Text delivered into the channel so far, for the error of a call that runs out of time.
        var text = ""
        var cancellation: (token: CancellationToken, handler: Int)?
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

    /// - Returns: Whether the consumer is behind and the engine should pause. The engine does so before it takes the next message: a message
    ///   that the consumer has caught up must not be overtaken.
    package func push(_ chunk: GenerationChunk) -> Bool {
        let (waiter, pause) = self.state.withLock { state in
            state.text += chunk.text
            return state.stream.push(chunk)
        }
        waiter?.resume(returning: chunk)
        return pause
    }

    package func finish(_ reason: FinishReason, _ usage: Usage, _ timings: Timings) {
        switch reason {
        case .cancelled:
            self.finish(.failed(CancellationError()))
        case .deadline:
            let text = self.state.withLock { $0.text }
            self.finish(
                .failed(
                    MullamaError(
                        .timedOut,
                        "the deadline passed after \(usage.completionTokens) tokens: allow more time or ask for fewer",
                        partialText: text
                    )
                )
            )
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
    func next() async throws -> GenerationChunk? {
        let scope = TimeLimitScope.current
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
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
                    continuation.resume(
                        throwing: MullamaError(.invalidRequest, "two tasks iterate one stream: make a stream for each of them")
                    )
                }
            }
        } onCancel: {
            // Before the end: the time limit looks for the text as soon as its body has ended.
            if let scope, let text = self.unfinishedText { scope.keep(text) }
            self.cancel()
        }
    }

    /// Lets the engine run ahead: the consumer will read all of it, and the answer's length is bounded by its request.
    func removeBound() {
        guard self.state.withLock({ $0.stream.removeBound() }) else { return }
        self.producer.withLock { $0 }?.resume(self.request)
    }

    /// Ends the stream for the consumer at once, and has the engine stop.
    func cancel() {
        self.finish(.failed(CancellationError()), discarding: true)
    }

    func cancel(with token: CancellationToken) {
        guard let handler = token.onCancel({ [weak self] in self?.cancel() }) else { return }
        let isOver = self.state.withLock { state in
            guard state.stream.end == nil else { return true }
            state.cancellation = (token, handler)
            return false
        }
        if isOver { token.removeHandler(handler) }
    }

    /// The text so far; nil once the stream has ended.
    private var unfinishedText: String? { self.state.withLock { $0.stream.end == nil ? $0.text : nil } }

    var isOver: Bool { self.state.withLock { $0.stream.end != nil } }

    /// What the engine said at the end; nil before, and after an error.
    var summary: GenerationSummary? {
        self.state.withLock { state in
            if case .finished(let summary) = state.stream.end { summary } else { nil }
        }
    }

    private func finish(_ end: StreamState<Waiter>.End, discarding: Bool = false) {
        let (waiter, isFirst, cancellation) = self.state.withLock { state in
            let (waiter, isFirst) = state.stream.finish(end, discarding: discarding)
            return (waiter, isFirst, isFirst ? state.cancellation.take() : nil)
        }
        guard isFirst else { return }
        if let cancellation { cancellation.token.removeHandler(cancellation.handler) }
        let producer = self.producer.withLock { $0.take() }
        if discarding { producer?.cancel(self.request) }
        switch end {
        case .finished: waiter?.resume(returning: nil)
        case .failed(let error): waiter?.resume(throwing: error)
        }
    }
}
