public import InferenceCore

/// An answer that comes in parts.
///
/// Work starts when the stream is made. It is for one consumer: it ends for good when its iterator goes away, so that leaving a `for await`
/// loop early, or dropping the stream, stops the engine. Cancelling the task that waits for the next part ends the stream with
/// `CancellationError`.
///
/// A consumer that falls behind by more than 32 parts is not lost anything: work on its answer pauses until it has caught up.
public struct GenerationStream: AsyncSequence, Sendable {
    public typealias Element = GenerationChunk

    private let lifetime: Lifetime

    init(_ channel: StreamChannel) {
        self.lifetime = Lifetime(channel)
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self.lifetime)
    }

    /// Waits until the call was checked, its prompt turned into tokens, and both handed to the engine. It does not wait for a step, so that a
    /// server knows what it will answer with before it sends the first byte.
    ///
    /// It may be called at any time, by any number of tasks; after the acceptance it returns at once. Cancelling a task that waits ends the stream.
    ///
    /// - Returns: The tokens of the prompt.
    /// - Throws: What the call failed with before: ``MullamaError`` with `invalidRequest`, `invalidGrammar`, `contextWindowExceeded`, `overloaded`
    ///   for a full queue, `cacheExhausted`, `unsupportedModel`, `timedOut`, `engineFailed` or `modelClosed`; `CancellationError`.
    ///   What can only be told later, such as that a model finds no memory when the call's turn comes, is thrown by the stream.
    public func accepted() async throws -> Int {
        try await self.lifetime.channel.accepted(isolation: #isolation)
    }

    /// Waits for the whole answer.
    ///
    /// - Throws: ``MullamaError`` for what failed, with the text so far in ``MullamaError/partialText``;
    ///   `CancellationError` when the task or the request's token was cancelled.
    public func collect() async throws -> Generation {
        self.collectsWhole()
        var text = ""
        var tokens: [Token] = []
        var logprobs: [TokenLogprob] = []
        for try await chunk in self {
            text += chunk.text
            tokens += chunk.tokens
            logprobs += chunk.logprobs
        }
        guard let summary = self.lifetime.channel.summary else { throw CancellationError() }
        return Generation(
            text: text,
            tokens: tokens,
            finishReason: summary.finishReason,
            usage: summary.usage,
            timings: summary.timings,
            seed: self.lifetime.channel.seed,
            logprobs: logprobs,
            promptLogprobs: self.promptLogprobs
        )
    }

    /// Ends the answer for its consumer, and has the engine stop.
    func cancel() {
        self.lifetime.channel.cancel()
    }

    /// Has `handler` called when the answer has ended, in any way. Then ``collect()`` does not wait.
    func onEnd(_ handler: @escaping @Sendable () -> Void) {
        self.lifetime.channel.onEnd(handler)
    }

    /// The number of its request, as ``GenerationStatus/id`` has it.
    package var id: UInt64 { self.lifetime.channel.request.rawValue }

    /// All that came, without what was dropped unread, and how it ended; nil before the end.
    var outcome: (text: String, end: Result<GenerationSummary, any Error>)? { self.lifetime.channel.outcome }

    /// Says in advance that the whole answer will be read, so that the engine does not wait for the reader meanwhile.
    package func collectsWhole() {
        self.lifetime.channel.removeBound()
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let stream: Lifetime
        private let iteration: Lifetime

        fileprivate init(_ stream: Lifetime) {
            self.stream = stream
            self.iteration = Lifetime(stream.channel)
        }

        public mutating func next() async throws -> GenerationChunk? {
            try await self.next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> GenerationChunk? {
            try await self.stream.channel.next(isolation: actor)
        }
    }

    /// Stops the engine when it goes away. The stream has one and each iteration another, since either may go while a variable still holds
    /// the other, and nobody can read on after that.
    fileprivate final class Lifetime: Sendable {
        let channel: StreamChannel

        init(_ channel: StreamChannel) {
            self.channel = channel
        }

        deinit {
            self.channel.cancel()
        }
    }
}

extension GenerationStream {
    /// What the answer consumed, where the time went and why it ended; nil before its end, and after an error.
    public var result: (finishReason: FinishReason, usage: Usage, timings: Timings)? {
        self.lifetime.channel.summary.map { ($0.finishReason, $0.usage, $0.timings) }
    }

    /// How likely the model found the prompt's tokens, one for each, nil for the first, which follows nothing. Empty unless
    /// ``GenerationOptions/promptLogprobs`` asks for them, and as long as the prompt is not computed: they are there with the first part of the answer,
    /// or with its end.
    public var promptLogprobs: [TokenLogprob?] { self.lifetime.channel.promptLogprobs }

    /// The seed of the random choices: given again, the same call gives the same answer.
    public var seed: UInt64 { self.lifetime.channel.seed }
}

@available(*, unavailable)
extension GenerationStream.AsyncIterator: Sendable {}
