package import InferenceCore

/// The loop: plan a step, carry it out, tell what came of it. Everything else is decided by the ``InferenceCore/Scheduler`` or done by the
/// backend.
///
/// It is an actor on its own thread. A step blocks that thread and no other; between two steps the messages that came meanwhile are worked
/// off, so that a new request or a cancel waits one step at most.
package actor InferenceEngine {
    private enum Lifecycle {
        case running
        /// What runs may end, nothing new begins. The continuations wait for the end.
        case closing([CheckedContinuation<Void, Never>])
        case closed
    }

    package nonisolated let thread: InferenceThread
    package nonisolated let clock: EngineClock
    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.thread.asUnownedSerialExecutor() }

    private var scheduler: Scheduler
    private var backend: (any DecodeBackend)?
    private var channels: [RequestID: StreamChannel] = [:]
    private var lifecycle = Lifecycle.running
    private var sleeper: CheckedContinuation<Void, Never>?
    private var alarm: Task<Void, Never>?

    package init(thread: InferenceThread, clock: EngineClock, scheduler: Scheduler) {
        self.thread = thread
        self.clock = clock
        self.scheduler = scheduler
    }

    /// Starts the engine. It runs until it is closed, then frees the backend and ends its thread.
    ///
    /// - Parameter makeBackend: Called on the engine's thread, the only one that ever touches the backend.
    package nonisolated func start(_ makeBackend: @escaping @Sendable () -> any DecodeBackend) {
        // A message, since the first request may come before the task below gets to run.
        self.send { $0.backend = makeBackend() }
        Task.detached { await self.run() }
    }

    private func run() async {
        while !self.isDone {
            if self.step() {
                await Task.yield()
            } else if !self.isDone {
                await self.sleep()
            }
        }
        self.backend = nil
        if case .closing(let waiters) = self.lifecycle {
            for waiter in waiters { waiter.resume() }
        }
        self.lifecycle = .closed
        self.thread.stop()
    }

    /// - Returns: Whether there was anything to do.
    private func step() -> Bool {
        let (plan, actions) = self.scheduler.plan(now: self.clock.now())
        self.deliver(actions)
        guard let plan, let backend = self.backend else { return false }
        let outcome = backend.perform(plan)
        self.deliver(self.scheduler.commit(outcome, now: self.clock.now()))
        assert(self.ledgerAgrees(with: backend), "the ledger and the C library disagree on what the KV cache holds")
        return true
    }

    private func deliver(_ actions: [EngineAction]) {
        for action in actions {
            switch action {
            case .emit(let id, let text, let tokens):
                if self.channels[id]?.push(GenerationChunk(text: text, tokens: tokens)) ?? false {
                    self.scheduler.setPaused(id, true)
                }
            case .finish(let id, let reason, let usage, let timings):
                self.forget(id)?.finish(reason, usage, timings)
            case .fail(let id, let fault, _, _):
                self.forget(id)?.fail(fault)
            }
        }
    }

    private func forget(_ id: RequestID) -> StreamChannel? {
        self.backend?.end(id)
        return self.channels.removeValue(forKey: id)
    }

    private func ledgerAgrees(with backend: any DecodeBackend) -> Bool {
        self.scheduler.busyLengths.allSatisfy { backend.committedLength(of: $0.slot) == $0.length }
    }

    // MARK: Sleeping

    private func sleep() async {
        if let deadline = self.scheduler.nextDeadline {
            self.alarm = Task { [clock, weak self] in
                guard (try? await clock.sleep(deadline)) != nil else { return }
                self?.send { $0.wake() }
            }
        }
        await withCheckedContinuation { self.sleeper = $0 }
        self.alarm?.cancel()
        self.alarm = nil
    }

    private func wake() {
        self.sleeper.take()?.resume()
    }

    private var isDone: Bool {
        switch self.lifecycle {
        case .running: false
        case .closing: self.scheduler.isIdle
        case .closed: true
        }
    }
}

// MARK: Messages

extension InferenceEngine {
    package func submit(_ request: GenerationRequest, sampler: any TokenSampler, to channel: StreamChannel) {
        guard case .running = self.lifecycle else {
            channel.fail(MullamaError.modelClosed)
            return
        }
        self.channels[request.id] = channel
        self.backend?.begin(request.id, sampler: sampler)
        self.deliver(self.scheduler.add(request, now: self.clock.now()))
        self.wake()
    }

    package func cancel(_ request: RequestID, reason: FinishReason) {
        self.deliver(self.scheduler.cancel(request, reason: reason, now: self.clock.now()))
        self.wake()
    }

    package func resume(_ request: RequestID) {
        self.scheduler.setPaused(request, false)
        self.wake()
    }

    package func forget(_ context: ContextID) {
        self.scheduler.forget(context)
        self.wake()
    }

    /// Ends the engine when what runs and waits has ended, and then resumes the continuation.
    package func close(_ continuation: CheckedContinuation<Void, Never>) {
        switch self.lifecycle {
        case .running:
            self.lifecycle = .closing([continuation])
        case .closing(let others):
            self.lifecycle = .closing(others + [continuation])
        case .closed:
            continuation.resume()
        }
        self.wake()
    }

    /// Ends the engine now: what still runs is cancelled.
    package func stop() {
        if case .running = self.lifecycle { self.lifecycle = .closing([]) }
        self.deliver(self.scheduler.cancelAll(reason: .cancelled, now: self.clock.now()))
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
