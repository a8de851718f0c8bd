import InferenceCore
import Synchronization

/// A conversation with a model: it holds what was said, renders it with the model's own chat template, and computes of each turn what is new.
///
/// Calls are served one after the other, in the order in which they were made; those that change the history take their turn among them.
/// Different chats of one model are computed together.
///
/// An answer that is broken off, by a cancel, its deadline or an error, stays in the history as far as it was read, marked with
/// ``ChatMessage/isIncomplete``. Where nothing was read of it, the history is as before the call, without the question, which can be asked
/// again.
public final class ChatSession: Sendable {
    private struct Job {
        let start: @Sendable () -> Void
    }

    private struct State {
        var transcript: ChatTranscript
        var queue = TurnQueue<Job>()
        /// Computes the beginning of the next prompt.
        var precomputation: GenerationStream?
    }

    public let model: AsyncModel
    public let params: ChatParams
    let context: AsyncContext
    private let state: Mutex<State>

    /// - Parameter instructions: Tells the model how to answer: the system message.
    public init(_ model: AsyncModel, instructions: String? = nil, _ params: ChatParams = .init()) {
        self.model = model
        self.params = params
        self.context = AsyncContext(model, params.context)
        self.state = Mutex(State(transcript: ChatTranscript(instructions: instructions)))
    }

    var clock: EngineClock { self.model.host.engine.clock }

    // MARK: Answers

    /// Answers a message.
    ///
    /// - Parameters:
    ///   - maxTokens: The most tokens of the answer, at least 1.
    ///   - options: Their deadline counts from the call, the wait for earlier answers included.
    /// - Throws: ``MullamaError`` as ``AsyncContext/generate(_:maxTokens:options:)`` and
    ///   ``AsyncModel/applyTemplate(_:tools:addGenerationPrompt:variables:template:date:)`` do. `CancellationError` when the task or the options'
    ///   token is cancelled.
    public func respond(to message: String, maxTokens: Int = 256, options: GenerationOptions = .init()) async throws -> String {
        try await self.streamResponse(to: message, maxTokens: maxTokens, options: options).collect().text
    }

    /// Answers messages, such as the results of tools. See ``respond(to:maxTokens:options:)-(String,_,_)``.
    public func respond(to messages: [ChatMessage], maxTokens: Int = 256, options: GenerationOptions = .init()) async throws -> String {
        try await self.streamResponse(to: messages, maxTokens: maxTokens, options: options).collect().text
    }

    /// Answers a message in parts. Errors are thrown by the stream.
    public func streamResponse(to message: String, maxTokens: Int = 256, options: GenerationOptions = .init()) -> ChatStream {
        self.streamResponse(to: [ChatMessage(.user, message)], maxTokens: maxTokens, options: options)
    }

    /// Answers messages in parts. Errors are thrown by the stream.
    public func streamResponse(to messages: [ChatMessage], maxTokens: Int = 256, options: GenerationOptions = .init()) -> ChatStream {
        self.stream(.messages(messages), maxTokens: maxTokens, options: options)
    }

    /// Answers the last message again, in place of the answer that it has. That one stays if the new one is broken off before anything was read
    /// of it.
    public func regenerate(maxTokens: Int = 256, options: GenerationOptions = .init()) -> ChatStream {
        self.stream(.again, maxTokens: maxTokens, options: options)
    }

    private func stream(_ question: ChatTurn.Question, maxTokens: Int, options: GenerationOptions) -> ChatStream {
        let (turn, starts) = self.state.withLock { state in
            let id = state.queue.nextID
            let turn = ChatTurn(id, self, question, maxTokens: maxTokens, options: options)
            return (turn, state.queue.add(Job { turn.session.begin(turn) }))
        }
        if starts { self.begin(turn) } else { turn.watch() }
        return ChatStream(turn)
    }

    private func begin(_ turn: ChatTurn) {
        let (transcript, precomputation) = self.state.withLock { ($0.transcript, $0.precomputation.take()) }
        precomputation?.cancel()
        guard turn.isQueued else { return }
        var asked = transcript
        do {
            switch turn.question {
            case .messages(let messages): asked.messages += messages
            case .again: asked.messages = try transcript.question()
            }
        } catch {
            return turn.fail(error)
        }
        let stream = self.context.stream(self.prompt(asked), maxTokens: turn.maxTokens, options: turn.remainingOptions)
        turn.run(stream, after: asked.messages)
    }

    private func prompt(_ transcript: ChatTranscript) -> Prompt {
        var prompt = ChatPrompt(transcript.prompt)
        prompt.tools = self.params.tools.isEmpty ? .none : .list(self.params.tools)
        prompt.variables = self.params.variables
        prompt.template = self.params.template
        return .chat(prompt, self.model.templates)
    }

    /// Takes an answer that has ended into the history. A second time changes nothing.
    func settle(_ turn: ChatTurn) {
        guard let (history, text, end) = turn.outcome else { return }
        var answer = ChatMessage(.assistant, text)
        if case .failure = end { answer.isIncomplete = true }
        self.leave(turn.id, computedBy: turn.request) { transcript in
            guard !answer.isIncomplete || !text.isEmpty else { return }
            transcript.messages = history + [answer]
        }
    }

    /// Ends a turn, and begins the next.
    func leave(_ id: UInt64, computedBy request: UInt64? = nil, _ change: (inout ChatTranscript) -> Void = { _ in }) {
        let (next, former) = self.state.withLock { state in
            let (isFirst, next) = state.queue.remove(id)
            guard isFirst else { return (nil as Job?, nil as GenerationStream?) }
            change(&state.transcript)
            guard state.queue.isIdle else { return (next, nil) }
            // Under the lock: whoever sees the turn's end sees this, too.
            defer { state.precomputation = self.precompute(state.transcript, after: request) }
            return (next, state.precomputation.take())
        }
        former?.cancel()
        next?.start()
    }

    // MARK: The next prompt

    /// Stands for the message that comes next: what is before it will be the beginning of the next prompt. Long enough that the last tokens of a
    /// prompt, which are never reused, are all its own.
    private static let placeholder = ChatMessage(.user, (1...16).map(String.init).joined(separator: " "))

    /// What computes the next prompt on its way; nil if none does.
    var precomputation: GenerationStream? { self.state.withLock { $0.precomputation } }

    /// Has the conversation computed as far as it will be the beginning of the next prompt: what was generated is not reused as such.
    ///
    /// - Parameter request: The one that has just ended, if any.
    private func precompute(_ transcript: ChatTranscript, after request: UInt64?) -> GenerationStream? {
        guard self.params.precomputes, self.model.host.reusesPrefixes, transcript.messages.last?.role == .assistant,
            self.model.generations.allSatisfy({ $0.id == request })
        else { return nil }
        var transcript = transcript
        transcript.messages.append(Self.placeholder)
        let options = GenerationOptions(temperature: 0, priority: .batch)
        // Nobody reads it: its one token fits the buffer, and its errors are those of a prompt that nobody asked for.
        return self.context.stream(self.prompt(transcript), maxTokens: 1, options: options)
    }

    // MARK: The queue

    /// The history as it is between two turns.
    var transcript: ChatTranscript { self.state.withLock { $0.transcript } }

    /// Reads or changes the history when the calls that were made before have ended.
    ///
    /// - Throws: What `body` throws. `CancellationError` if the task is cancelled before its turn; nothing is changed then.
    func inTurn<R: Sendable>(_ body: @escaping @Sendable (inout ChatTranscript) throws -> R) async throws -> R {
        let outcome = JobOutcome<R>()
        let job = { @Sendable (id: UInt64) in
            var result: Result<R, any Error>?
            self.leave(id) { transcript in
                guard !outcome.isOver else { return }
                result = Result { try body(&transcript) }
            }
            outcome.finish(result ?? .failure(CancellationError()))
        }
        let (id, starts) = self.state.withLock { state in
            let id = state.queue.nextID
            return (id, state.queue.add(Job { job(id) }))
        }
        if starts { job(id) }
        return try await outcome.wait()
    }
}
