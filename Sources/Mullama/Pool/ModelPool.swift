import Synchronization

/// A number of contexts for many callers: who comes while all are in use waits, first come first served, whatever the priority.
///
/// A context is back in the pool when the closure that borrowed it returns or throws, cancelled or not, and goes straight to the call that
/// waits longest. A borrower observes nothing of the one before; the engine knows what was computed, and prompts that begin alike start sooner.
///
/// ```swift
/// let pool = try await ModelPool(model, size: 4, ContextParams(contextSize: 4096))
/// let answer = try await pool.generate("Hello!")
/// ```
public final class ModelPool: Sendable {
    private typealias Waiter = CheckedContinuation<AsyncContext?, any Error>
    private typealias Contexts = PoolState<AsyncContext, Waiter>

    private struct State {
        var contexts: Contexts
        /// Those who wait for the end of a close.
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    /// The model that the contexts are of.
    public let model: AsyncModel
    private let params: ContextParams
    private let waitLimit: Duration?
    private let memory: PoolMemory?
    private let clock: EngineClock
    private let state: Mutex<State>

    /// Makes a pool.
    ///
    /// - Parameters:
    ///   - size: How many contexts may be in use at the same time, at least 1.
    ///   - params: What each of them is like.
    ///   - pool: How long a call may wait and how many may, and whether the memory is promised to the pool at once. It is taken as the contexts
    ///     fill; until then no other model of the process gets it. The promise ends with ``close()`` or with the pool.
    /// - Throws: ``MullamaError/Code/outOfMemory``, with all figures, if the cache and buffers of all contexts, filled to the end, are larger
    ///   than the memory that is available and not promised to pools of other models, or than the model's ``ModelParams/cacheMemory``. More
    ///   contexts than ``ModelParams/parallel`` take turns, and no more memory. ``MullamaError/Code/invalidRequest`` for a parameter that is out
    ///   of its range.
    public convenience init(
        _ model: AsyncModel,
        size: Int = 4,
        _ params: ContextParams = .init(),
        pool: PoolParams = .init()
    ) async throws {
        let memory = PoolMemory(model.account, contextSize: params.contextSize ?? model.contextSize)
        try self.init(model, size: size, params, pool: pool, memory: memory, clock: ContinuousClock())
    }

    /// - Parameter clock: What waiting is measured with.
    init(
        _ model: AsyncModel,
        size: Int,
        _ params: ContextParams = .init(),
        pool: PoolParams = .init(),
        memory: PoolMemory,
        clock: any Clock<Duration>
    ) throws(MullamaError) {
        try params.validate()
        try pool.validate()
        try Self.validate(size)
        self.model = model
        self.params = params
        self.waitLimit = pool.waitLimit
        self.memory = pool.reservesMemory ? memory : nil
        self.clock = EngineClock(clock)
        self.state = Mutex(State(contexts: Contexts(size: size, queueLimit: pool.queueLimit)))
        try self.memory?.reserve(size)
    }

    /// How many contexts a pool of the model should have: as many as there is memory for and as the model computes together, at least 1.
    ///
    /// - Parameter memory: Bytes for the KV cache of all contexts. Nil takes what is available now.
    public static func recommendedSize(for model: AsyncModel, _ params: ContextParams = .init(), memory: Int? = nil) -> Int {
        PoolMemory.recommendedSize(model.account, contextSize: params.contextSize ?? model.contextSize, memory: memory)
    }

    // MARK: Generating

    /// Generates an answer on a context of the pool. See ``AsyncContext/generate(_:maxTokens:options:)``.
    ///
    /// The options' deadline and cancellation hold for the time in which the call waits, too.
    ///
    /// - Throws: What ``AsyncContext/generate(_:maxTokens:options:)`` and ``withContext(_:)`` throw.
    public func generate(_ prompt: String, maxTokens: Int = 256, options: GenerationOptions = .init()) async throws -> String {
        try options.validate(maxTokens: maxTokens)
        let deadline = options.deadline.map { self.clock.now() + $0 }
        let context = try await self.acquire(until: deadline, cancellation: options.cancellation)
        defer { self.release(context) }

        var options = options
        if let deadline {
            let left = deadline - self.clock.now()
            guard left > .zero else { throw self.waitedTooLong }
            options.deadline = left
        }
        return try await context.generate(prompt, maxTokens: maxTokens, options: options)
    }

    /// Lends a context of the pool to `body`, which runs where the caller runs, and has it back when the body has ended in any way.
    ///
    /// - Throws: What the body throws. Before that, ``MullamaError/Code/overloaded`` if too many wait already, ``MullamaError/Code/timedOut`` if
    ///   none came free within ``PoolParams/waitLimit``, ``MullamaError/Code/poolClosed``, and `CancellationError` if the task is cancelled.
    public func withContext<R: Sendable>(_ body: (AsyncContext) async throws -> R) async throws -> R {
        let context = try await self.acquire()
        defer { self.release(context) }
        return try await body(context)
    }

    // MARK: The pool

    /// The pool as it is now.
    public var stats: PoolStats { self.state.withLock { $0.contexts.stats } }

    /// Makes the pool larger or smaller while it is in use. Returns at once.
    ///
    /// Larger, it serves those who wait, in their order. Smaller, it takes no context from anybody: the surplus ends as contexts come back.
    ///
    /// - Throws: ``MullamaError/Code/outOfMemory`` as when a pool is made, ``MullamaError/Code/invalidRequest`` for less than 1,
    ///   ``MullamaError/Code/poolClosed``. The pool is then as it was.
    public func resize(to size: Int) async throws {
        try Self.validate(size)
        let wakes = try self.state.withLock { state in
            guard !state.contexts.isClosed else { throw MullamaError.poolClosed }
            // Under the lock, so that of two calls the same one has the last word on size and memory.
            try self.memory?.reserve(size)
            return state.contexts.resize(to: size)
        }
        for wake in wakes { self.resume(wake) }
    }

    /// Ends the pool: calls that wait, and later ones, throw ``MullamaError/Code/poolClosed``; those that have a context may finish.
    ///
    /// Returns when all contexts are back, however often it is called, and also in a task that is cancelled. A closure that has a context of
    /// the pool must not wait for this: it would wait for itself. The model stays open.
    public func close() async {
        for wake in self.state.withLock({ $0.contexts.close() }) { self.resume(wake) }
        await withCheckedContinuation { closer in
            let isDrained = self.state.withLock { state in
                guard !state.contexts.isDrained else { return true }
                state.closers.append(closer)
                return false
            }
            if isDrained { closer.resume() }
        }
        self.memory?.giveBack()
    }

    // MARK: Parts

    private func acquire(until deadline: Duration? = nil, cancellation: CancellationToken? = nil) async throws -> AsyncContext {
        try Task.checkCancellation()
        if cancellation?.isCancelled ?? false { throw CancellationError() }
        let context: AsyncContext?
        switch self.state.withLock({ $0.contexts.acquire() }) {
        case .granted(let granted):
            context = granted
        case .wait(let ticket):
            context = try await self.wait(ticket, until: deadline, cancellation: cancellation, isolation: #isolation)
        case .overloaded(let waiting):
            throw MullamaError(
                .overloaded,
                "\(waiting) calls wait for the pool's \(self.stats.size) contexts, and no more may: call again later, or allow a longer queue"
            )
        case .closed:
            throw MullamaError.poolClosed
        }
        return context ?? AsyncContext(self.model, self.params)
    }

    /// - Parameter isolation: The caller's. A closure that names it runs there; else waiting on an actor would take a way off it and back.
    private func wait(
        _ ticket: Contexts.Ticket,
        until deadline: Duration?,
        cancellation: CancellationToken?,
        isolation: isolated (any Actor)?
    ) async throws -> AsyncContext? {
        let alarm = self.alarm(ticket, at: deadline)
        let handler = cancellation?.onCancel { [weak self] in self?.cancel(ticket) }
        defer {
            alarm?.cancel()
            if let handler { cancellation?.removeHandler(handler) }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(isolation: isolation) { waiter in
                let outcome = self.state.withLock { $0.contexts.wait(ticket, waiter) }
                if let outcome { self.resume((waiter, outcome)) }
            }
        } onCancel: {
            self.cancel(ticket)
        }
    }

    /// Ends the waiting at the deadline or the pool's limit, whichever comes first.
    private func alarm(_ ticket: Contexts.Ticket, at deadline: Duration?) -> Task<Void, Never>? {
        let now = self.clock.now()
        let limit = [deadline.map { $0 - now }, self.waitLimit].compactMap(\.self).min()
        guard let limit else { return nil }
        return Task { [weak self, clock] in
            guard (try? await clock.sleep(now + limit.clampedForSleep)) != nil, let self else { return }
            if let wake = self.state.withLock({ $0.contexts.expire(ticket) }) { self.resume(wake) }
        }
    }

    private func cancel(_ ticket: Contexts.Ticket) {
        if let wake = self.state.withLock({ $0.contexts.cancel(ticket) }) { self.resume(wake) }
    }

    private func release(_ context: AsyncContext) {
        let (wake, closers) = self.state.withLock { state in
            let wake = state.contexts.release(context)
            guard state.contexts.isDrained else { return (wake, [CheckedContinuation<Void, Never>]()) }
            defer { state.closers = [] }
            return (wake, state.closers)
        }
        if let wake { self.resume(wake) }
        for closer in closers { closer.resume() }
    }

    private func resume(_ wake: Contexts.Wake) {
        switch wake.outcome {
        case .granted(let context): wake.waiter.resume(returning: context)
        case .cancelled: wake.waiter.resume(throwing: CancellationError())
        case .timedOut: wake.waiter.resume(throwing: self.waitedTooLong)
        case .closed: wake.waiter.resume(throwing: MullamaError.poolClosed)
        }
    }

    private var waitedTooLong: MullamaError {
        let stats = self.stats
        return MullamaError(
            .timedOut,
            "no context of the pool was free in the time given: \(stats.inUse) of \(stats.size) are in use and \(stats.waiting) calls wait; "
                + "call again later, allow more time, or make the pool larger"
        )
    }

    private static func validate(_ size: Int) throws(MullamaError) {
        guard size >= 1 else { throw MullamaError(.invalidRequest, "the pool's size is \(size): it must be at least 1") }
    }
}

extension MullamaError {
    fileprivate static let poolClosed = MullamaError(.poolClosed, "the pool was closed: make another to go on")
}
