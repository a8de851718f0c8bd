package import InferenceCore

/// The loop: plan a step, carry it out, tell what came of it. Everything else is decided by the ``InferenceCore/Scheduler`` or done by the
/// backend.
///
/// It is an actor on its own thread. A step blocks that thread and no other; between two steps the messages that came meanwhile are worked
/// off, so that a new request or a cancel waits one step at most.
package actor InferenceEngine {
    /// A request that the engine was handed.
    private struct Call {
        var channel: StreamChannel
        var sampler: any TokenSampler
        var deadline: Duration?
    }

    package nonisolated let thread: InferenceThread
    package nonisolated let clock: EngineClock
    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.thread.asUnownedSerialExecutor() }

    var scheduler: Scheduler
    private let activity: ActivityLog
    private var makeBackend: (@Sendable () -> any DecodeBackend)?
    private(set) var backend: (any DecodeBackend)?
    /// Computes embeddings between the steps; nil for a model that has none.
    private(set) var embedding: EmbeddingWorker?
    private var calls: [RequestID: Call] = [:]
    /// What is to be done between two calls of a context.
    var jobs: [RequestID: ContextJob] = [:]
    private var recorder = TraceRecorder()
    private var lifecycle = EngineLifecycle<CheckedContinuation<Void, Never>>()
    private var sleeper: CheckedContinuation<Void, Never>?
    private var alarm: Task<Void, Never>?
    private var idleWork: (any IdleWork)?
    /// Since when there has been nothing to do.
    private var idleSince: Duration?

    package init(thread: InferenceThread, clock: EngineClock, scheduler: Scheduler, activity: ActivityLog) {
        self.thread = thread
        self.clock = clock
        self.activity = activity
        self.scheduler = scheduler
    }

    /// Starts the engine. It runs until it is closed, then frees the backend and ends its thread.
    ///
    /// - Parameters:
    ///   - shape: What steps keep to.
    ///   - idleWork: What to do when there has been nothing else to do for some time.
    ///   - embedding: What it takes to compute embeddings; nil for a model that has none.
    ///   - makeBackend: Called on the engine's thread, the only one that ever touches the backend.
    package nonisolated func start(
        shape: StepShape = .any,
        idleWork: (any IdleWork)? = nil,
        embedding: EmbeddingSupport? = nil,
        _ makeBackend: @escaping @Sendable () -> any DecodeBackend
    ) {
        // A message, since the first request may come before the task below gets to run.
        self.send { engine in
            engine.scheduler.restrict(to: shape)
            engine.idleWork = idleWork
            engine.makeBackend = makeBackend
            engine.backend = makeBackend()
            engine.embedding = embedding.map { engine.makeEmbeddingWorker($0) }
        }
        Task.detached { await self.run() }
    }

    private func run() async {
        while !self.isDone {
            self.activity.beat(self.scheduler.cacheUse)
            if self.step() {
                self.idleSince = nil
                await Task.yield()
            } else if self.doIdleWork() {
                await Task.yield()
            } else if !self.isDone {
                self.activity.rest(self.scheduler.cacheUse)
                self.backend?.rest()
                await self.sleep()
            }
        }
        self.activity.rest(CacheUse())
        self.backend = nil
        self.embedding?.free()
        self.recorder.finish()
        for waiter in self.lifecycle.end() { waiter.resume() }
        self.thread.stop()
    }

    /// - Returns: Whether there was anything to do.
    private func step() -> Bool {
        self.failOverdue()
        for id in self.scheduler.reachedBarriers() { self.jobs.removeValue(forKey: id)?.run(self) }
        self.embedding?.freeUnused()
        let hasEmbedded = self.takeEmbeddingTurn()
        let (plan, actions) = self.scheduler.plan(now: self.clock.now(), holdsPrompts: hasEmbedded ?? false)
        for (id, miss) in self.scheduler.takeMisses() { self.activity.missed(id, miss) }
        self.deliver(actions)
        guard let plan, let backend = self.backend else { return hasEmbedded ?? self.embedding?.advance(room: nil) ?? false }
        self.activity.computing(plan.prefill)
        let outcome = backend.perform(plan)
        let told = self.scheduler.commit(outcome, now: self.clock.now())
        self.activity.advanced(self.scheduler.progress, slotTime: self.scheduler.slotTime)
        self.deliver(told)
        guard outcome.engineFault == nil else {
            self.restart()
            return true
        }
        assert(self.ledgerAgrees(with: backend), "the ledger and the C library disagree on what the KV cache holds")
        return true
    }

    /// - Parameter cancelled: When the cancel came that these actions are the answer to.
    private func deliver(_ actions: [EngineAction], cancelled: Duration? = nil) {
        for action in actions {
            switch action {
            case .emit(let id, let text, let tokens, let logprobs):
                if self.calls[id]?.channel.push(GenerationChunk(text: text, tokens: tokens, logprobs: logprobs)) ?? false {
                    self.setPaused(id, true)
                }
            case .scored(let id, let logprobs):
                self.calls[id]?.channel.score(logprobs)
            case .finish(let id, let reason, let usage, let timings):
                let call = self.end(id, reason, nil, usage, timings, cancelled: cancelled)
                call?.channel.finish(reason, usage, timings)
            case .fail(let id, let fault, let usage, let timings):
                let call = self.end(id, .failed, fault, usage, timings)
                call?.channel.fail(fault)
            }
        }
    }

    private func setPaused(_ id: RequestID, _ isPaused: Bool) {
        self.scheduler.setPaused(id, isPaused, now: self.clock.now())
        self.activity.setPaused(id, isPaused)
    }

    private func end(
        _ id: RequestID,
        _ reason: FinishReason,
        _ fault: RequestFault?,
        _ usage: Usage,
        _ timings: Timings,
        cancelled: Duration? = nil
    ) -> Call? {
        self.backend?.end(id)
        self.recorder.ended(id, reason, usage, timings, now: self.clock.now())
        let call = self.calls.removeValue(forKey: id)
        let since = reason == .deadline ? call?.deadline : cancelled
        self.activity.ended(
            id,
            GenerationRecord(
                id: id.rawValue,
                finishReason: reason,
                errorCode: fault.map { MullamaError($0).code },
                usage: usage,
                timings: timings,
                cancelLatency: since.map { max(.zero, self.clock.now() - $0) }
            )
        )
        return call
    }

    /// After a fault of the C library: a new backend for those that wait and those that come.
    private func restart() {
        self.backend = self.makeBackend?()
        for (id, call) in self.calls { self.backend?.begin(id, sampler: call.sampler) }
        self.activity.restarted()
    }

    /// Ends what still runs when the time is over that ``close(failing:_:)`` gave it.
    private func failOverdue() {
        guard let time = self.lifecycle.failing, time <= self.clock.now() else { return }
        let fault = RequestFault(
            .modelClosed,
            "the model was closed while the call ran, and its grace period is over: load the model again"
        )
        self.deliver(self.scheduler.failAll(fault, now: self.clock.now()))
        self.embedding?.endAll(MullamaError(fault))
    }

    /// - Returns: Whether embeddings were computed before the next step, so that it holds back prompts; nil if it was not their turn.
    private func takeEmbeddingTurn() -> Bool? {
        guard let embedding = self.embedding,
            embedding.takesTurn(hasPrompts: self.scheduler.hasPrompts, isBusy: self.scheduler.runningCount > 0)
        else { return nil }
        return embedding.advance(room: self.scheduler.roomForOthers)
    }

    private func ledgerAgrees(with backend: any DecodeBackend) -> Bool {
        self.scheduler.busyLengths.allSatisfy { backend.committedLength(of: $0.slot) == $0.length }
    }

    // MARK: Idle

    /// How long there must have been nothing to do: who has just loaded a model is about to use it.
    private static let idleDelay = Duration.seconds(2)

    private var idleWorkTime: Duration? {
        guard self.idleWork != nil, self.isRunning, self.isIdle else { return nil }
        return self.idleSince.map { $0 + Self.idleDelay }
    }

    /// - Returns: Whether there was anything to do and it was time for it.
    private func doIdleWork() -> Bool {
        let now = self.clock.now()
        self.idleSince = self.idleSince ?? now
        guard let time = self.idleWorkTime, time <= now, let work = self.idleWork else { return false }
        if case .done(let shape) = work.advance() {
            self.idleWork = nil
            if let shape { self.scheduler.restrict(to: shape) }
        }
        return true
    }

    // MARK: Sleeping

    private func sleep() async {
        if let deadline = self.nextAlarm {
            self.alarm = Task { [clock, weak self] in
                guard (try? await clock.sleep(deadline)) != nil else { return }
                self?.send { $0.wake() }
            }
        }
        await withCheckedContinuation { self.sleeper = $0 }
        self.alarm?.cancel()
        self.alarm = nil
    }

    func wake() {
        self.sleeper.take()?.resume()
    }

    private var nextAlarm: Duration? {
        [self.scheduler.nextAlarm, self.idleWorkTime, self.embedding?.freeTime, self.lifecycle.failing].compactMap(\.self).min()
    }

    private var isIdle: Bool { self.scheduler.isIdle && self.embedding?.isIdle ?? true }

    /// Whether new calls are taken in.
    var isRunning: Bool { self.lifecycle.isRunning }

    private var isDone: Bool { self.lifecycle.isClosed || !self.isRunning && self.isIdle }
}

// MARK: Messages

extension InferenceEngine {
    package func submit(_ request: GenerationRequest, sampler: any TokenSampler, to channel: StreamChannel) {
        guard self.isRunning else {
            self.activity.endedEarly(request.id, .failed, code: .modelClosed)
            channel.fail(MullamaError.modelClosed)
            return
        }
        self.calls[request.id] = Call(channel: channel, sampler: sampler, deadline: request.deadline)
        self.activity.queued(request)
        self.recorder.began(request, now: self.clock.now())
        self.backend?.begin(request.id, sampler: sampler)
        self.scheduler.setAvailable(cells: self.backend?.availableCells)
        self.deliver(self.scheduler.add(request, now: self.clock.now()))
        self.wake()
    }

    /// - Parameter asked: When the cancel came.
    package func cancel(_ request: RequestID, reason: FinishReason, asked: Duration) {
        self.deliver(self.scheduler.cancel(request, reason: reason, now: self.clock.now()), cancelled: asked)
        self.wake()
    }

    package func cancelAll(of context: ContextID, asked: Duration) {
        self.deliver(self.scheduler.cancelAll(of: context, now: self.clock.now()), cancelled: asked)
        self.wake()
    }

    package func resume(_ request: RequestID) {
        self.setPaused(request, false)
        self.wake()
    }

    /// - Parameter start: What the trace's times count from.
    func record(to outlet: TraceRecorder.Outlet, since start: Duration) {
        let id = self.recorder.add(outlet, now: start)
        outlet.onTermination = { [weak self] _ in
            self?.send { $0.recorder.remove(id) }
        }
    }

    /// Ends the engine when what runs and waits has ended, and then resumes the continuation.
    ///
    /// - Parameter failing: When to fail what has not ended by then; nil for never.
    package func close(failing time: Duration?, _ continuation: CheckedContinuation<Void, Never>) {
        if !self.lifecycle.close(failing: time, waiter: continuation) { continuation.resume() }
        self.wake()
    }

    /// Ends the engine now: what still runs is cancelled.
    package func stop() {
        _ = self.lifecycle.close(failing: nil)
        self.deliver(self.scheduler.cancelAll(reason: .cancelled, now: self.clock.now()))
        self.embedding?.endAll(CancellationError())
        self.wake()
    }

    /// Hands the engine a message: it is read between two steps, after those that were sent before. Messages never wait for the actor, since
    /// nothing may wait for a thread that may have ended.
    ///
    /// - Returns: False if the engine has ended; then the message is not read.
    @discardableResult
    package nonisolated func send(_ message: @escaping @Sendable (isolated InferenceEngine) -> Void) -> Bool {
        self.thread.run { self.assumeIsolated { message($0) } }
    }
}
