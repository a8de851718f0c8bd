import Synchronization

/// Threads of one's own to run tasks on, and a way into them for programs that are not asynchronous.
///
/// No program needs one: everything in this library runs wherever it is awaited. A runtime is for a synchronous program, which calls
/// ``blockOn(_:)``; for keeping work apart from the rest of the program's tasks; and for ending it in order, with ``shutdown(grace:)``.
///
/// ```swift
/// let runtime = try MullamaRuntime.builder().workerThreads(4).build()
/// let answer = try runtime.blockOn {
///     let model = try await AsyncModel.load("smollm2:135m")
///     return try await model.generate("Hello!")
/// }
/// ```
///
/// It is also the task executor of any other task with a preference for it, such as `withTaskExecutorPreference(runtime) { … }`. These are not
/// among its ``tasks``, and a shutdown does not wait for them: from then on they run on Swift's own threads.
///
/// Of tasks that could run, those of higher priority come first; each sixteenth turn is for the lowest.
///
/// A runtime that is not shut down lives until nobody holds it and its last task has ended: each task that it is preferred by holds it. Then its
/// threads end.
public final class MullamaRuntime: TaskExecutor {
    private typealias State = RuntimeState<any RunningTask, CheckedContinuation<Void, Never>>

    private let queue = JobQueue()
    /// Held by the generations themselves, which may outlive the runtime.
    let generations = MetricsRecorder()
    private let clock: EngineClock
    private let state: Mutex<State>

    /// - Parameter clock: What the ages of tasks and the grace of a shutdown are measured with.
    package init(workerThreads: Int, threadName: String, clock: any Clock<Duration>) throws(MullamaError) {
        self.clock = EngineClock(clock)
        self.state = Mutex(State(threads: workerThreads))
        for index in 0..<workerThreads {
            let name = WorkerThread.name(threadName, index)
            try WorkerThread(name: name, queue: self.queue, runtime: { [weak self] in self }).start()
        }
    }

    deinit {
        self.queue.close()
    }

    /// The runtime on whose thread the caller runs; elsewhere the one that started the caller's task, or a task that it was started in. Nil if
    /// there is none.
    public static var current: MullamaRuntime? {
        WorkerThread.current?.runtime ?? RuntimeScope.current?.runtime
    }

    // MARK: Running tasks

    /// Runs `body` on the runtime's threads, blocks the caller's thread until it has ended, and returns what it returned.
    ///
    /// On the main thread the run loop runs meanwhile, so that the body may use the main actor, and timers of the program go on.
    ///
    /// It traps, since it could wait for itself for ever, on a thread of a runtime, inside of any task, and in a block of the main queue.
    /// Nothing cancels the body but the end of a ``shutdown(grace:)``'s grace.
    ///
    /// - Throws: What the body throws. Before that, ``MullamaError/Code/runtimeShutDown`` once a shutdown has begun.
    @available(*, noasync)
    public func blockOn<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) throws -> R {
        CallerCheck.expectBlockable()
        let priority = Task.currentPriority
        guard let scope = self.begin(name: "blockOn", priority: priority) else { throw MullamaError.runtimeShutDown }
        let caller = BlockedCaller<Result<R, any Error>>()
        let task = Task(name: "blockOn", executorPreference: self, priority: priority) {
            do {
                caller.resume(returning: .success(try await self.run(body, in: scope)))
            } catch {
                caller.resume(returning: .failure(error))
            }
        }
        self.attach(task, to: scope)
        return try caller.wait().get()
    }

    /// Starts a task on the runtime's threads.
    ///
    /// - Parameters:
    ///   - name: What the task is called in ``tasks`` and in debuggers.
    ///   - priority: The caller's if nil.
    /// - Returns: The task. It throws what `body` throws, and ``MullamaError/Code/runtimeShutDown`` without having run if a shutdown has begun.
    @discardableResult
    public func spawn<R: Sendable>(
        name: String? = nil,
        priority: TaskPriority? = nil,
        _ body: @escaping @Sendable () async throws -> R
    ) -> Task<R, any Error> {
        let priority = priority ?? Task.currentPriority
        guard let scope = self.begin(name: name, priority: priority) else {
            return Task(name: name, priority: priority) { throw MullamaError.runtimeShutDown }
        }
        let task = Task(name: name, executorPreference: self, priority: priority) { try await self.run(body, in: scope) }
        self.attach(task, to: scope)
        return task
    }

    /// For the tasks that run on the runtime: they call it whenever they could go on.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // An executor cannot refuse: what comes after the end of the threads must not be stranded.
        if !self.queue.push(job) { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    // MARK: Watching

    /// The runtime's figures as they are now.
    public var metrics: RuntimeMetrics {
        let jobs = self.queue.counts
        let generations = self.generations.metrics
        return self.state.withLock { state in
            RuntimeMetrics(
                workerThreads: state.threads,
                tasksStarted: state.started,
                tasksRunning: state.live.count,
                tasksCompleted: state.completed,
                tasksFailed: state.failed,
                tasksCancelled: state.cancelled,
                jobsRun: jobs.run,
                jobsWaiting: jobs.waiting,
                generations: generations
            )
        }
    }

    /// The tasks of ``spawn(name:priority:_:)`` and ``blockOn(_:)`` that have not ended yet, the oldest first.
    public var tasks: [RuntimeTask] {
        let now = self.clock.now()
        return self.state.withLock { $0.live }.sorted { $0.key < $1.key }.map { id, entry in
            RuntimeTask(
                id: id,
                name: entry.name,
                priority: entry.priority,
                age: max(.zero, now - entry.start),
                isCancelled: entry.handle?.isCancelled ?? false
            )
        }
    }

    // MARK: Shutdown

    /// Ends the runtime: it starts nothing more, gives the tasks that run time to end, then cancels them, waits for their end, and ends the
    /// threads.
    ///
    /// Returns when all of that is done, however often and from wherever it is called; the shortest grace of several counts. In a task that is
    /// cancelled the grace is over at once.
    ///
    /// It may be called in a task of the runtime. That task, and the tasks that it was started in, are neither cancelled nor waited for, and go
    /// on on Swift's own threads. A task that ignores its cancellation holds the shutdown up until it ends.
    ///
    /// - Parameter grace: How long tasks may run on. With zero or less they are cancelled at once.
    public func shutdown(grace: Duration) async {
        let scope = RuntimeScope.current
        let callers = scope?.runtime === self ? scope?.lineage ?? [] : []
        self.perform { $0.shutDown(calledFrom: callers) }
        let alarm = self.alarm(after: grace)
        defer { alarm?.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let waits = self.state.withLock { $0.wait(waiter) }
                if !waits { waiter.resume() }
            }
        } onCancel: {
            self.endGrace()
        }
    }

    private func alarm(after grace: Duration) -> Task<Void, Never>? {
        guard grace > .zero else {
            self.endGrace()
            return nil
        }
        let deadline = self.clock.now() + grace.clampedForSleep
        return Task { [clock] in
            guard (try? await clock.sleep(deadline)) != nil else { return }
            self.endGrace()
        }
    }

    private func endGrace() {
        self.perform { $0.endGrace() }
    }

    func threadEnded() {
        self.perform { $0.threadEnded() }
    }

    // MARK: Parts

    private func begin(name: String?, priority: TaskPriority) -> RuntimeScope? {
        let now = self.clock.now()
        let outer = RuntimeScope.current
        let callers = outer?.runtime === self ? outer?.lineage ?? [] : []
        return self.state.withLock { state in
            // Those that have ended are left out, lest a chain of tasks that start each other has an ever longer lineage.
            let running = callers.filter { state.live[$0] != nil }
            return state.begin(name: name, priority: priority, at: now).map { RuntimeScope(self, id: $0, startedIn: running) }
        }
    }

    private func attach<R>(_ task: Task<R, some Error>, to scope: RuntimeScope) {
        let isLate = self.state.withLock { $0.attach(task, to: scope.id) }
        if isLate { task.cancel() }
    }

    private func run<R: Sendable>(_ body: @Sendable () async throws -> R, in scope: RuntimeScope) async throws -> R {
        do {
            let result = try await RuntimeScope.$current.withValue(scope) { try await body() }
            self.perform { $0.end(scope.id, .completed) }
            return result
        } catch {
            self.perform { $0.end(scope.id, error is CancellationError ? .cancelled : .failed) }
            throw error
        }
    }

    /// What a change of the state asks for is done without the lock.
    private func perform(_ change: @Sendable (inout State) -> [State.Action]) {
        for action in self.state.withLock({ change(&$0) }) {
            switch action {
            case .cancel(let tasks): for task in tasks { task.cancel() }
            case .endThreads: self.queue.close()
            case .resume(let waiters): for waiter in waiters { waiter.resume() }
            }
        }
    }
}

extension MullamaError {
    fileprivate static let runtimeShutDown = MullamaError(.runtimeShutDown, "the runtime is being shut down: make another to go on")
}
