import InferenceCore

/// Computes embeddings on an engine's thread, a piece at a time between the engine's steps. ``EmbeddingQueue`` decides what, ``EmbeddingTurns``
/// when, and an ``EmbeddingBackend`` does it.
final class EmbeddingWorker {
    /// How long a piece of several parts takes when nobody is generating: who calls meanwhile waits for its end.
    private static let lonePiece = Duration.milliseconds(100)
    /// How long memory is kept that nothing needs.
    private static let keepTime = Duration.seconds(30)

    private let clock: EngineClock
    private let makeBackend: () -> any EmbeddingBackend
    private var backend: (any EmbeddingBackend)?
    private var queue = EmbeddingQueue()
    private var calls: [RequestID: EmbeddingCall] = [:]
    private var turns = EmbeddingTurns()
    private var cost = StepCostModel()
    /// How the text under way is cut; nil while what it takes is still being made.
    private var cut: EmbeddingCut?
    /// Since when there has been nothing to do.
    private var idleSince: Duration?

    init(clock: EngineClock, _ makeBackend: @escaping () -> any EmbeddingBackend) {
        self.clock = clock
        self.makeBackend = makeBackend
    }

    // MARK: Calls

    var isIdle: Bool { self.queue.isEmpty }

    func expect(_ call: EmbeddingCall) {
        self.calls[call.request] = call
        self.queue.expect(call.request)
    }

    func add(_ job: EmbeddingJob) {
        self.queue.add(job)
    }

    /// Drops a call that nobody waits for any more.
    func remove(_ request: RequestID) {
        self.calls[request] = nil
        self.queue.remove(request)
    }

    private func end(_ request: RequestID, _ result: Result<[Embedding], any Error>) {
        let call = self.calls[request]
        self.remove(request)
        call?.finish(result)
    }

    func endAll(_ error: any Error) {
        for request in self.queue.requests { self.end(request, .failure(error)) }
    }

    // MARK: Computing

    /// Whether embeddings have their turn before the engine's next step.
    func takesTurn(hasPrompts: Bool, isBusy: Bool) -> Bool {
        guard let priority = self.queue.priority else { return false }
        return self.turns.next(priority, hasPrompts: hasPrompts, isBusy: isBusy)
    }

    /// Computes a piece.
    ///
    /// - Parameter room: How long it may take, so that nobody who is generating stands still for too long; nil if nobody is generating.
    /// - Returns: Whether there was anything to do.
    func advance(room: Duration?) -> Bool {
        let end = self.clock.now() + (room ?? Self.lonePiece)
        var hasWorked = false
        while let text = self.queue.begin() {
            do throws(RequestFault) {
                if text.position == 0 { self.cut = try self.prepare(for: text.count) }
                guard let cut else { break }
                // Where nobody stands still meanwhile, parts are as large as is quickest.
                let part = self.queue.part(cut) { room == nil || self.fits($0, after: $1, before: end) }
                guard let part, !hasWorked || self.fits(part.tokens.count, after: part.position, before: end) else { break }
                try self.compute(part)
            } catch {
                self.end(text.request, .failure(MullamaError(error)))
            }
            hasWorked = true
        }
        return hasWorked
    }

    private func fits(_ tokens: Int, after depth: Int, before end: Duration) -> Bool {
        guard let needed = self.cost.secondsToPrefill(tokens, after: depth) else { return false }
        return self.clock.now() + .seconds(needed) <= end
    }

    /// - Returns: Nil while what it takes is still being made.
    private func prepare(for count: Int) throws(RequestFault) -> EmbeddingCut? {
        let backend = self.backend ?? self.makeBackend()
        self.backend = backend
        return try backend.prepare(for: count, longest: self.queue.longestText)
    }

    private func compute(_ part: EmbeddingPart) throws(RequestFault) {
        let start = self.clock.now()
        let raw = try self.backend?.compute(part)
        self.cost.learnPrefill(part.tokens.count, after: part.position, took: self.clock.now() - start)
        guard let raw else { return self.queue.computed(part) }
        let results = try self.queue.finished(raw)
        self.calls[part.request]?.textDone()
        if let results { self.end(part.request, .success(results)) }
    }

    // MARK: Memory

    /// When to give back memory that nothing has needed for a while; nil if there is none, or it is needed.
    var freeTime: Duration? { self.idleSince.map { $0 + Self.keepTime } }

    /// Gives back memory when it is time for that.
    func freeUnused() {
        guard self.backend != nil, !self.queue.hasWork else {
            self.idleSince = nil
            return
        }
        self.idleSince = self.idleSince ?? self.clock.now()
        if let time = self.freeTime, time <= self.clock.now() { self.free() }
    }

    /// Gives back all memory.
    func free() {
        self.backend?.free()
        self.backend = nil
        self.cut = nil
        self.idleSince = nil
    }
}
