/// The answers to several prompts, each as soon as it is complete. See ``AsyncModel/generateEach(_:maxTokens:options:)``.
///
/// Every prompt has exactly one element: its index and its answer, or the error that it ended with. Work starts when the sequence is made. It is
/// for one consumer: when its iterator goes away, or the sequence unread, what is not complete is cancelled. Cancelling the task that
/// waits for the next element cancels all; those that were not complete then come with `CancellationError`, and the sequence ends as always.
public struct GenerationResults: AsyncSequence, Sendable {
    public typealias Element = (index: Int, result: Result<Generation, any Error>)
    public typealias Failure = Never

    private let lifetime: Lifetime

    init(_ streams: [GenerationStream]) {
        self.lifetime = Lifetime(CompletionChannel(streams))
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self.lifetime)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let sequence: Lifetime
        private let iteration: Lifetime

        fileprivate init(_ sequence: Lifetime) {
            self.sequence = sequence
            self.iteration = Lifetime(sequence.channel)
        }

        public mutating func next() async -> Element? {
            await self.next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            await self.sequence.channel.next(isolation: actor)
        }
    }

    /// Cancels when it goes away. The sequence has one and each iteration another, since either may go while a variable still holds the other,
    /// and nobody can read on after that.
    fileprivate final class Lifetime: Sendable {
        let channel: CompletionChannel

        init(_ channel: CompletionChannel) {
            self.channel = channel
        }

        deinit {
            self.channel.cancel()
        }
    }
}

@available(*, unavailable)
extension GenerationResults.AsyncIterator: Sendable {}
