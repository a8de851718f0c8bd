/// Decides what each step computes. A value with inputs and answers: it has no clock, no lock and no C library, so every decision can be
/// replayed in a test.
///
/// The engine calls ``plan(now:)``, has the backend carry the plan out, and reports with ``commit(_:now:)``. Between the two nothing else
/// may be called. All other inputs may come at any time between steps, a cancel also before the request that it names.
///
/// `now` is the time since the engine's start.
public struct Scheduler: Sendable {
    public let limits: SchedulerLimits
    let prefillPolicy: PrefillPolicy
    var cost = StepCostModel()
    var prefillShare: PrefillShare
    var shape = StepShape.any
    var sequences: [RequestID: SequenceState] = [:]
    var waiting = WaitingQueue()
    /// Requests that have a slot, in the order in which they got it.
    var running: [RequestID] = []
    /// Requests that had to give up their slot, and wait to go on.
    var preempted: Set<RequestID> = []
    /// Those of them whose consumer is behind: they are not in the queue until it comes back.
    var stalled: Set<RequestID> = []
    var ledger: KVLedger
    var sizing: CacheSizing
    /// Changes to the cache that the next plan carries.
    var pendingOps: [MemoryOp] = []
    var step: Step?
    var preparation = CachePreparation.none
    /// The cache that the last plan had the backend prepare.
    var announced: CacheGeometry?
    /// Since when the cache has been far larger than what needs it.
    var oversizeSince: Duration?
    /// Where prompts stop for a moment, since others wait to copy what stands before.
    var borders: [RequestID: Int] = [:]
    /// How often requests have been given a slot.
    var starts = 0
    /// Steps with rows so far.
    var steps = 0
    /// Why prompts that were begun were not spared more, until the engine has asked.
    var misses: [RequestID: CacheMiss] = [:]
    /// Steps with prompts so far.
    var turn = 0
    /// No request is over before that, unless something comes of it.
    var nextExpiry: Duration?
    /// How long requests had a slot lately, as a fading mean.
    public internal(set) var slotTime: Duration?
    var lastAdded: RequestID?
    /// Barriers that were reached and are not passed yet.
    var reached: Set<RequestID> = []
    var cancelledEarly: [RequestID: FinishReason] = [:]

    /// The plan that is being carried out, and what it takes to undo its admissions.
    struct Step: Sendable {
        var plan: StepPlan
        /// What the plan's admissions are on top of, kept only when they need a resize, which can fail.
        var undo: (ledger: KVLedger, ops: [MemoryOp], target: CacheGeometry, admitted: [SequenceState])?
    }

    public init(limits: SchedulerLimits, prefillPolicy: PrefillPolicy = PrefillPolicy()) {
        self.limits = limits
        self.prefillPolicy = prefillPolicy
        self.prefillShare = PrefillShare(prefillPolicy.share)
        self.ledger = KVLedger(limits: limits)
        self.sizing = CacheSizing(limits: limits)
    }

    public var waitingCount: Int { self.waiting.count }
    public var runningCount: Int { self.running.count }
    public var isIdle: Bool { self.sequences.isEmpty && self.waiting.isEmpty }
    public var geometry: CacheGeometry { self.ledger.geometry }
    package var cacheUse: CacheUse { self.ledger.use }
    /// How far the requests are that have begun.
    public var progress: [SequenceProgress] { (self.running + self.preempted.sorted()).compactMap { self.sequences[$0]?.progress } }
    /// For the check that the ledger and the C library agree.
    public var busyLengths: [(slot: SlotID, length: Int)] { self.ledger.busyLengths }
    /// When there is something to do even if nothing comes in: the earliest end of a request's time, the time to give memory back, or to give the
    /// slot of a request whose consumer takes nothing to one that waits.
    public var nextAlarm: Duration? {
        [self.earliestExpiry, self.shrinkTime, self.stallTime].compactMap(\.self).min()
    }

    var earliestExpiry: Duration? {
        self.sequences.values.compactMap { $0.expiry(waitLimit: self.limits.waitLimit) }.min()
    }
}

// MARK: Inputs

extension Scheduler {
    /// Takes a request in. It is refused at once if it cannot ever run.
    ///
    /// Ids must be added in growing order: this is how a cancel for an id that is still to come is told from one that comes too late.
    public mutating func add(_ request: GenerationRequest, now: Duration) -> [EngineAction] {
        self.lastAdded = request.id
        let early = self.cancelledEarly.removeValue(forKey: request.id)
        self.cancelledEarly = self.cancelledEarly.filter { $0.key > request.id }

        let usage = Usage(promptTokens: request.prompt.count)
        if let early {
            return [.finish(request.id, early, usage, Timings())]
        }
        if let fault = self.limits.reasonToRefuse(request) {
            return [.fail(request.id, fault, usage, Timings())]
        }
        if let fault = self.reasonNotToQueue(request, now: now) {
            return [.fail(request.id, fault, usage, Timings())]
        }
        let sequence = SequenceState(request, now: now)
        self.sequences[request.id] = sequence
        self.waiting.insert(request, since: now)
        if let expiry = sequence.expiry(waitLimit: self.limits.waitLimit) { self.nextExpiry = min(expiry, self.nextExpiry ?? expiry) }
        return []
    }

    /// Takes in for how many cells there is memory, those that are there included. What needs more is refused before any work.
    public mutating func setAvailable(cells: Int?) {
        self.sizing.available = cells
    }

    /// Ends a request. Unknown ids that were already added are ignored: their end was on its way.
    public mutating func cancel(_ id: RequestID, reason: FinishReason = .cancelled, now: Duration) -> [EngineAction] {
        guard self.sequences[id] != nil else {
            if self.lastAdded.map({ id > $0 }) ?? true { self.cancelledEarly[id] = reason }
            return []
        }
        return self.end(id, reason: reason, now: now)
    }

    /// Ends every request, for shutdown.
    public mutating func cancelAll(reason: FinishReason, now: Duration) -> [EngineAction] {
        self.sequences.keys.sorted().flatMap { self.end($0, reason: reason, now: now) }
    }

    /// Fails every request, for an engine that cannot go on.
    public mutating func failAll(_ fault: RequestFault, now: Duration) -> [EngineAction] {
        self.sequences.keys.sorted().flatMap { self.fail($0, fault, now: now) }
    }

    /// Ends the requests of one context.
    public mutating func cancelAll(of context: ContextID, now: Duration) -> [EngineAction] {
        let ids = self.sequences.values.filter { $0.request.context == context }.map(\.request.id).sorted()
        return ids.flatMap { self.end($0, reason: .cancelled, now: now) }
    }

    /// Stops or resumes work on a request whose consumer is behind. It keeps its slot for a while, and as long as nobody waits for one.
    public mutating func setPaused(_ id: RequestID, _ isPaused: Bool, now: Duration) {
        guard let sequence = self.sequences[id], sequence.isPaused != isPaused else { return }
        self.sequences[id]?.pausedSince = isPaused ? now : nil
        // It has waited for its turn once already.
        if self.stalled.remove(id) != nil { self.waiting.insert(sequence.request, since: sequence.submitted) }
    }

    /// Why the prompts that got a slot since the last time were not spared more work. Each is told once.
    public mutating func takeMisses() -> [(request: RequestID, miss: CacheMiss)] {
        defer { self.misses = [:] }
        return self.misses.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Bounds what later steps compute together, and says where prompts may be cut.
    public mutating func restrict(to shape: StepShape) {
        self.shape = shape.fitting(self.limits)
        self.ledger.blocks = self.shape.blocks
        self.cost.decodeBatch = shape.decodeBatch
    }

    /// Whether results may depend on what else is computed.
    package var isRelaxed: Bool { self.shape.blocks.sharesAnswers }

    /// Forgets what a context computed, as far as no request is using it.
    public mutating func forget(_ context: ContextID) {
        self.pendingOps += self.ledger.forget(context)
    }
}
