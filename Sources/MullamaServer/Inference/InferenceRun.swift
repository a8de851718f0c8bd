import AsyncAlgorithms
import Mullama

/// A request that is being served: its model is held, and its answers are on their way.
///
/// Everything ends when the run goes away: the streams stop, and the model may be unloaded.
final class InferenceRun: Sendable {
    /// Which model answers.
    let lease: ModelLease
    /// Tokens of each answer's prompt.
    let promptTokens: [Int]
    /// Answers to each prompt.
    let choices: Int
    private let streams: [GenerationStream]
    private let cancellation: CancellationToken
    private let onLeave: @Sendable () -> Void
    private let onEnd: @Sendable () -> Void

    init(
        lease: ModelLease,
        promptTokens: [Int],
        choices: Int,
        streams: [GenerationStream],
        cancellation: CancellationToken,
        onLeave: @escaping @Sendable () -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) {
        self.lease = lease
        self.promptTokens = promptTokens
        self.choices = choices
        self.streams = streams
        self.cancellation = cancellation
        self.onLeave = onLeave
        self.onEnd = onEnd
    }

    deinit {
        self.cancellation.cancel()
        self.onEnd()
    }

    /// Ends what is on its way: reading it throws `CancellationError`.
    func cancel() {
        self.cancellation.cancel()
    }

    /// All answers, whole.
    ///
    /// - Throws: What the first that fails fails with, at once; the others are cancelled.
    func answers() async throws -> [InferenceAnswer] {
        // None of them waits for its turn to be read.
        for stream in self.streams { stream.collectsWhole() }
        return try await withThrowingTaskGroup(of: InferenceAnswer.self) { group in
            for (index, stream) in self.streams.enumerated() {
                let prompt = self.prompt(of: index)
                group.addTask { InferenceAnswer(index: index, prompt: prompt, generation: try await stream.collect()) }
            }
            var answers: [InferenceAnswer] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.index < $1.index }
        }
    }

    /// Calls `body` with what happens, in its order, until all answers have ended. While it is busy nothing is taken from the streams, so that
    /// a slow reader slows down its own answers alone.
    ///
    /// - Parameters:
    ///   - silence: After this time without an event, ``InferenceEvent/silence`` is one.
    ///   - progress: As long as an answer has not begun, this often ``InferenceEvent/progress(_:)`` tells where they are, if that has changed. Nil
    ///     for never.
    ///   - client: Whose leaving ends the run.
    /// - Throws: What the first answer failed with, or `body` threw.
    @concurrent
    func events(
        silence: Duration,
        progress: Duration? = nil,
        client: ClientSignal,
        _ body: @concurrent (InferenceEvent) async throws -> Void
    ) async throws {
        let handler = client.onGone {
            self.onLeave()
            self.cancel()
        }
        defer { client.remove(handler) }
        let events = AsyncThrowingChannel<InferenceEvent, any Error>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for (index, stream) in self.streams.enumerated() {
                group.addTask { await Self.forward(stream, index, to: events) }
            }
            group.addTask {
                while (try? await Task.sleep(for: silence)) != nil { await events.send(.silence) }
            }
            if let progress { group.addTask { await self.watch(every: progress, events) } }
            var ended = 0
            var isSilent = false
            for try await event in events {
                switch event {
                case .silence:
                    defer { isSilent = true }
                    if isSilent { try await body(event) }
                    continue
                case .chunk, .progress: break
                case .ended: ended += 1
                }
                isSilent = false
                try await body(event)
                if ended == self.streams.count { break }
            }
        }
    }

    /// Ends when all answers have begun.
    private func watch(every interval: Duration, _ events: AsyncThrowingChannel<InferenceEvent, any Error>) async {
        var last: [AnswerProgress] = []
        repeat {
            let present = self.progress
            guard !present.isEmpty else { return }
            if present != last { await events.send(.progress(present)) }
            last = present
        } while (try? await Task.sleep(for: interval)) != nil
    }

    /// Where the answers are that have not begun.
    var progress: [AnswerProgress] {
        let live = Dictionary(self.lease.model.generations.map { ($0.id, $0) }) { first, _ in first }
        return self.streams.enumerated().compactMap { index, stream in
            live[stream.id].flatMap { AnswerProgress($0, answer: index, promptTokens: self.promptTokens[index]) }
        }
    }

    private static func forward(_ stream: GenerationStream, _ index: Int, to events: AsyncThrowingChannel<InferenceEvent, any Error>) async
    {
        do {
            for try await chunk in stream { await events.send(.chunk(chunk, answer: index)) }
            guard let result = stream.result else { throw CancellationError() }
            let end = InferenceEnd(reason: result.finishReason, usage: result.usage, timings: result.timings, seed: stream.seed)
            await events.send(.ended(end, answer: index))
        } catch {
            events.fail(error)
        }
    }

    /// How many answers there are.
    var count: Int { self.streams.count }

    /// How likely the tokens of an answer's prompt were, once the answer has begun; empty if that was not asked for.
    func promptLogprobs(of answer: Int) -> [TokenLogprob?] { self.streams[answer].promptLogprobs }

    /// Which prompt an answer is for.
    func prompt(of answer: Int) -> Int { answer / self.choices }
}
