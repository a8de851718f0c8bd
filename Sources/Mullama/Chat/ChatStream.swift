public import InferenceCore

/// An answer of a chat that comes in parts.
///
/// It has its place among the chat's answers from the moment that it is made, and is computed when those before it have ended. Like a
/// ``GenerationStream`` it is for one consumer and ends for good when its iterator goes away.
///
/// When the stream has ended for its consumer, the answer is in ``ChatSession/messages``. A cancelled answer is there as far as it was read, with
/// ``ChatMessage/isIncomplete``; if nothing was read, the chat is as it was before the call.
public struct ChatStream: AsyncSequence, Sendable {
    public typealias Element = GenerationChunk

    private let lifetime: Lifetime

    init(_ turn: ChatTurn) {
        self.lifetime = Lifetime(turn)
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self.lifetime)
    }

    /// Waits for the whole answer.
    ///
    /// - Throws: As ``ChatSession/respond(to:maxTokens:options:)-(String,_,_)``.
    public func collect() async throws -> Generation {
        let turn = self.lifetime.turn
        let stream = try await turn.started(isolation: #isolation)
        defer { turn.settle() }
        return try await stream.collect()
    }

    /// What the answer consumed, where the time went and why it ended; nil before its end, and after an error.
    public var result: (finishReason: FinishReason, usage: Usage, timings: Timings)? {
        guard case .success(let summary)? = self.lifetime.turn.outcome?.end else { return nil }
        return (summary.finishReason, summary.usage, summary.timings)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let stream: Lifetime
        private let iteration: Lifetime
        private var chunks: GenerationStream.AsyncIterator?

        fileprivate init(_ stream: Lifetime) {
            self.stream = stream
            self.iteration = Lifetime(stream.turn)
        }

        public mutating func next() async throws -> GenerationChunk? {
            try await self.next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> GenerationChunk? {
            let turn = self.stream.turn
            do {
                if self.chunks == nil { self.chunks = try await turn.started(isolation: actor).makeAsyncIterator() }
                let chunk = try await self.chunks?.next(isolation: actor)
                if chunk == nil { turn.settle() }
                return chunk
            } catch {
                turn.settle()
                throw error
            }
        }
    }

    /// Ends the turn when it goes away: the stream has one and each iteration another, as with ``GenerationStream``.
    fileprivate final class Lifetime: Sendable {
        let turn: ChatTurn

        init(_ turn: ChatTurn) {
            self.turn = turn
        }

        deinit {
            self.turn.cancel()
        }
    }
}

@available(*, unavailable)
extension ChatStream.AsyncIterator: Sendable {}
