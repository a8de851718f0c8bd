package import InferenceCore
import Synchronization

/// A running model: its engine, the thread for text, and the way of calls into them.
///
/// Calls travel through two threads in the order in which they were made: text is turned into tokens on one, so that a long prompt holds up
/// neither the caller nor the engine, and the other computes. Models, contexts and unfinished streams hold the host; it stops the engine
/// when the last of them is gone.
package final class ModelHost: StreamProducer {
    /// About how much text is worked on before others on the text thread have their turn, in bytes.
    static let slice = 64 << 10

    private struct State {
        var lastRequest: UInt64 = 0
        var lastContext: UInt64 = 0
        /// The contexts that prefixes with a name are kept for.
        var pins: [String: ContextID] = [:]
        /// Nil once the model was closed.
        var vocabulary: (any TextModel)?
    }

    let engine: InferenceEngine
    /// Whether a prompt can start from what another has computed.
    let reusesPrefixes: Bool
    /// Whether a text can be put between two others.
    let supportsInfill: Bool
    private let limits: SchedulerLimits
    private let abort: AbortSignal
    private let idleWork: (any IdleWork)?
    package let activity: ActivityLog
    let text = InferenceThread(name: "mullama-text")
    /// What it takes to compute embeddings; nil for a model that has none.
    let embedding: EmbeddingSupport?
    let identity: ModelIdentity
    private let state: Mutex<State>

    /// - Parameters:
    ///   - reusesPrefixes: Whether a prompt can start from what another has computed.
    ///   - abort: Tells the backend of cancels while it is in a step.
    ///   - shape: What steps keep to.
    ///   - idleWork: What to do when there has been nothing else to do for some time.
    ///   - embedding: What it takes to compute embeddings; nil for a model that has none.
    ///   - makeBackend: Called on the engine's thread.
    package init(
        text: any TextModel,
        identity: ModelIdentity,
        scheduler: Scheduler,
        clock: EngineClock,
        reusesPrefixes: Bool = true,
        abort: AbortSignal = AbortSignal(),
        shape: StepShape = .any,
        idleWork: (any IdleWork)? = nil,
        embedding: EmbeddingSupport? = nil,
        makeBackend: @escaping @Sendable () -> any DecodeBackend
    ) {
        let activity = ActivityLog(clock: clock, parallel: scheduler.limits.parallel)
        let thread = InferenceThread(name: "mullama-engine")
        let engine = InferenceEngine(thread: thread, clock: clock, scheduler: scheduler, activity: activity)
        self.activity = activity
        self.reusesPrefixes = reusesPrefixes
        self.supportsInfill = text.infill != nil
        self.limits = scheduler.limits
        self.engine = engine
        self.identity = identity
        self.abort = abort
        self.state = Mutex(State(vocabulary: text))
        self.idleWork = idleWork
        self.embedding = embedding
        engine.start(shape: shape, idleWork: idleWork, embedding: embedding, makeBackend)
    }

    deinit {
        self.engine.send { $0.stop() }
        self.text.stop()
    }

    func makeContext() -> ContextID {
        self.state.withLock { state in
            state.lastContext += 1
            return ContextID(state.lastContext)
        }
    }

    /// The number of a call that is not on a context.
    func nextRequest() -> RequestID {
        self.state.withLock { state in
            state.lastRequest += 1
            return RequestID(state.lastRequest)
        }
    }

    /// Has a call made before the model is closed, so that it is served.
    ///
    /// - Returns: Whether the model is open, and the body was called.
    func withOpenVocabulary(_ body: (any TextModel) -> Void) -> Bool {
        self.idleWork?.interrupt()
        return self.state.withLock { state in
            guard let vocabulary = state.vocabulary else { return false }
            body(vocabulary)
            return true
        }
    }

    /// - Returns: The context that had the name.
    func replacePin(_ name: String, by context: ContextID?) -> ContextID? {
        self.state.withLock { state in
            defer { state.pins[name] = context }
            return state.pins[name]
        }
    }

    /// Starts a generation. Errors come through the channel.
    func start(_ prompt: Prompt, maxTokens: Int, options: GenerationOptions, in context: ContextScope) -> StreamChannel {
        let seed = options.seed ?? .random(in: .min ... .max)
        let priority = options.priority ?? RequestPriority(Task.currentPriority)
        let runtime = MullamaRuntime.current
        // Further off than that is never, and clocks cannot count it.
        let deadline = options.deadline.map { self.engine.clock.now() + min($0, .seconds(3_000_000_000)) }

        self.idleWork?.interrupt()
        // Ids must reach the engine in growing order, so a call gets its number and its place in the queue at once.
        let (channel, refusal) = self.state.withLock { state -> (StreamChannel, MullamaError?) in
            state.lastRequest += 1
            let channel = StreamChannel(request: RequestID(state.lastRequest), seed: seed, producer: self)
            guard let vocabulary = state.vocabulary else { return (channel, .modelClosed) }
            let overload = self.activity.reasonToRefuse(queueLimit: self.limits.queueLimit)
            self.activity.started(channel.request, priority: priority, waited: options.waited, runtime: runtime?.generations)
            if let overload { return (channel, MullamaError(overload)) }
            self.text.run { [engine, activity, limits] in
                let isCancelled = channel.isOver || options.cancellation?.isCancelled ?? false
                guard !isCancelled else {
                    let isLate = deadline.map { $0 <= engine.clock.now() } ?? false
                    return activity.endedEarly(channel.request, isLate ? .deadline : .cancelled)
                }
                var usage = Usage()
                do {
                    try ContextParams(contextSize: context.contextSize).validate()
                    try options.validate(maxTokens: maxTokens, vocabularySize: vocabulary.size)
                    let request = GenerationRequest(
                        id: channel.request,
                        context: context.id,
                        prompt: try prompt.tokens(vocabulary, atMost: context.contextSize),
                        maxTokens: maxTokens,
                        contextSize: context.contextSize,
                        stopSequences: options.stop,
                        overflow: options.overflow,
                        priority: priority,
                        deadline: deadline,
                        isStrict: context.isStrict,
                        scoresPrompt: options.promptLogprobs
                    )
                    usage.promptTokens = request.prompt.count
                    if let fault = limits.reasonToRefuse(request) { throw MullamaError(fault) }
                    let sampler = try vocabulary.makeSampler(options, seed: seed, prompt: request.prompt)
                    let isSent = engine.send { $0.submit(request, sampler: sampler, to: channel) }
                    guard isSent else { throw MullamaError.modelClosed }
                    channel.accept(promptTokens: usage.promptTokens)
                } catch {
                    activity.endedEarly(channel.request, .failed, code: (error as? MullamaError)?.code, usage: usage)
                    channel.fail(error)
                }
            }
            return (channel, nil)
        }
        if let refusal {
            if refusal.code == .overloaded { self.activity.endedEarly(channel.request, .failed, code: .overloaded) }
            channel.fail(refusal)
            return channel
        }
        if let deadline { channel.expire(at: deadline, on: self.engine.clock) }
        if let token = options.cancellation { channel.cancel(with: token) }
        return channel
    }

    /// Runs work on text off the caller's thread.
    ///
    /// - Parameter size: About how much text there is, in bytes: more than a slice holds up nobody.
    func withVocabulary<R: Sendable>(size: Int = 0, _ body: @escaping @Sendable (any TextModel) throws -> R) async throws -> R {
        try Task.checkCancellation()
        guard let vocabulary = self.state.withLock({ $0.vocabulary }) else { throw MullamaError.modelClosed }
        guard size > Self.slice else { return try await self.text.perform { try body(vocabulary) } }
        return try await InferenceThread.performOnce(name: "mullama-long-text") { try body(vocabulary) }
    }

    package func cancel(_ request: RequestID, reason: FinishReason) {
        let asked = self.engine.clock.now()
        self.abort.cancel(request)
        self.engine.send { [abort] engine in
            engine.cancel(request, reason: reason, asked: asked)
            abort.forget(request)
        }
    }

    /// Cancels the calls that were made on a context before.
    func cancelAll(of context: ContextID) {
        let asked = self.engine.clock.now()
        self.text.run { [engine] in
            engine.send { $0.cancelAll(of: context, asked: asked) }
        }
    }

    package func resume(_ request: RequestID) {
        self.engine.send { $0.resume(request) }
    }

    /// Gives a context's job its place among the calls.
    func enqueue(on context: ContextID, _ makeJob: (RequestID) -> ContextJob) {
        let (job, isOpen) = self.state.withLock { state in
            state.lastRequest += 1
            let id = RequestID(state.lastRequest)
            let job = makeJob(id)
            guard state.vocabulary != nil else { return (job, false) }
            self.text.run { [engine] in
                let isSent = engine.send { $0.submit(job, id, on: context) }
                if !isSent { job.refuse() }
            }
            return (job, true)
        }
        if !isOpen { job.refuse() }
    }

    /// Whether later calls are refused.
    var isClosed: Bool { self.state.withLock { $0.vocabulary == nil } }

    /// Serves the calls that were made, refuses later ones, and frees the engine. Returns when that is done, however often it is called.
    ///
    /// - Parameter grace: After this time, calls that still run fail; nil lets them end.
    func close(grace: Duration?) async {
        let end = grace.map { self.engine.clock.now() + $0.clampedForSleep }
        self.state.withLock { $0.vocabulary = nil }
        // Calls made before are still on their way through the text thread.
        await withCheckedContinuation { continuation in
            let isSent = self.text.run { [engine] in
                let isSent = engine.send { $0.close(failing: end, continuation) }
                if !isSent { continuation.resume() }
            }
            if !isSent { continuation.resume() }
        }
    }
}
