/// Decides what each step computes. A value with inputs and answers: it has no clock, no lock and no C library, so every decision can be
/// replayed in a test.
///
/// The engine calls ``plan(now:)``, has the backend carry the plan out, and reports with ``commit(_:now:)``. Between the two nothing else
/// may be called. All other inputs may come at any time between steps, a cancel also before the request that it names.
///
/// `now` is the time since the engine's start.
public struct Scheduler: Sendable {
    private let limits: SchedulerLimits
    private let prefillPolicy: PrefillPolicy
    private var cost = StepCostModel()
    private var sequences: [RequestID: SequenceState] = [:]
    private var waiting = WaitingQueue()
    /// Requests that have a slot, in the order in which they got it.
    private var running: [RequestID] = []
    private var ledger: KVLedger
    private var sizing: CacheSizing
    /// Changes to the cache that the next plan carries.
    private var pendingOps: [MemoryOp] = []
    private var step: Step?
    /// Whose prompt comes first in the next step.
    private var turn = 0
    private var lastAdded: RequestID?
    /// Barriers that were reached and are not passed yet.
    private var reached: Set<RequestID> = []
    private var cancelledEarly: [RequestID: FinishReason] = [:]

    /// The plan that is being carried out, and what it takes to undo its admissions.
    private struct Step: Sendable {
        var plan: StepPlan
        /// What the plan's admissions are on top of, kept only when they need a resize, which can fail.
        var undo: (ledger: KVLedger, ops: [MemoryOp], target: CacheGeometry, admitted: [RequestID])?
    }

    public init(limits: SchedulerLimits, prefillPolicy: PrefillPolicy = PrefillPolicy()) {
        self.limits = limits
        self.prefillPolicy = prefillPolicy
        self.ledger = KVLedger(policy: PrefixReusePolicy(canTrim: limits.canTrim))
        self.sizing = CacheSizing(limits: limits)
    }

    public var waitingCount: Int { self.waiting.count }
    public var runningCount: Int { self.running.count }
    public var isIdle: Bool { self.sequences.isEmpty && self.waiting.isEmpty }
    public var geometry: CacheGeometry { self.ledger.geometry }
    /// How far the requests are that have a slot.
    public var progress: [SequenceProgress] { self.running.compactMap { self.sequences[$0]?.progress } }
    /// For the check that the ledger and the C library agree.
    public var busyLengths: [(slot: SlotID, length: Int)] { self.ledger.busyLengths }
    /// The earliest deadline of all requests.
    public var nextDeadline: Duration? { self.sequences.values.compactMap(\.request.deadline).min() }
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
        if let fault = self.reasonToRefuse(request) {
            return [.fail(request.id, fault, usage, Timings())]
        }
        self.sequences[request.id] = SequenceState(request, now: now)
        self.waiting.append(request)
        return []
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

    /// Stops or resumes work on a request whose consumer is behind. It keeps its slot.
    public mutating func setPaused(_ id: RequestID, _ isPaused: Bool) {
        self.sequences[id]?.isPaused = isPaused
    }

    /// Forgets what a context computed, as far as no request is using it.
    public mutating func forget(_ context: ContextID) {
        self.pendingOps += self.ledger.forget(context)
    }

    // MARK: Between two requests of a context

    /// Adds a barrier: ``reachedBarriers()`` names it once the context's earlier requests have ended, and later ones wait until ``passBarrier(_:)``.
    public mutating func addBarrier(_ id: RequestID, _ context: ContextID) {
        self.lastAdded = id
        self.waiting.appendBarrier(id, context)
    }

    /// The barriers that were reached since the last time, each told once.
    public mutating func reachedBarriers() -> [RequestID] {
        let busy = Set(self.running.compactMap { self.sequences[$0]?.request.context })
        let new = self.waiting.reachedBarriers(busy: busy).filter { !self.reached.contains($0) }
        self.reached.formUnion(new)
        return new
    }

    /// Lets the requests behind a barrier go on.
    public mutating func passBarrier(_ id: RequestID) {
        self.waiting.remove([id])
        self.reached.remove(id)
    }

    /// What a context has computed and may be saved, in a slot whose other tokens are to be removed, or kept outside of the cache.
    public mutating func cutForSaving(_ context: ContextID) -> (source: PrefixSource, tokens: [Token])? {
        let slot = self.ledger.cutForSaving(context)
        let kept = self.ledger.keptPrefix(of: context)
        if let kept, kept.tokens.count >= slot?.tokens.count ?? 0 { return (.kept(kept.id), kept.tokens) }
        return slot.map { (.slot($0.slot), $0.tokens) }
    }

    /// Notes a prefix that the backend was given.
    public mutating func keep(_ id: ParkID, _ tokens: [Token], for context: ContextID) {
        self.ledger.keep(.init(id: id, tokens: tokens, servesInPart: self.limits.canTrimMoved), for: context)
    }

    private func reasonToRefuse(_ request: GenerationRequest) -> RequestFault? {
        let prompt = request.prompt.count
        if prompt == 0 {
            return RequestFault(.invalidRequest, "the prompt is empty: give at least one token")
        }
        if request.maxTokens < 1 {
            return RequestFault(.invalidRequest, "maxTokens is \(request.maxTokens): give at least 1")
        }
        if prompt >= request.contextSize {
            return RequestFault(
                .contextWindowExceeded,
                "the prompt has \(prompt) tokens and the context holds \(request.contextSize), prompt and answer together: "
                    + "shorten the prompt or use a context of more than \(prompt) tokens"
            )
        }
        if request.overflow == .refuse, request.maxTokens > request.contextSize - prompt {
            return RequestFault(
                .contextWindowExceeded,
                "the prompt has \(prompt) tokens and maxTokens is \(request.maxTokens), but the context holds \(request.contextSize): "
                    + "ask for at most \(request.contextSize - prompt) tokens or use a larger context"
            )
        }
        if request.overflow == .shift, !self.limits.canShift {
            return RequestFault(
                .invalidRequest,
                "this model's cache cannot be shifted: use overflow .stop, or a context that holds the whole answer"
            )
        }
        return nil
    }
}

// MARK: Planning

extension Scheduler {
    /// The next step, or nil when there is nothing to do; and what to tell the outside first.
    public mutating func plan(now: Duration) -> (plan: StepPlan?, actions: [EngineAction]) {
        var actions = self.endExpired(now: now)
        var step = Step(plan: StepPlan(memory: self.pendingOps))
        self.pendingOps = []

        actions += self.admit(into: &step, now: now)
        // What goes with a resize may be asked for a second time, and a shift must not be done twice: it waits for the next step.
        if step.undo == nil { step.plan.memory += self.shiftFull() }
        step.plan.decode = self.decodeRows()
        step.plan.prefill = self.prefillChunks(besideDecode: !step.plan.decode.isEmpty)

        guard !step.plan.isEmpty else { return (nil, actions) }
        self.step = step
        return (step.plan, actions)
    }

    private mutating func endExpired(now: Duration) -> [EngineAction] {
        let expired = self.sequences.values.filter { $0.request.deadline.map { $0 <= now } ?? false }
        return expired.map(\.request.id).sorted().flatMap { self.end($0, reason: .deadline, now: now) }
    }

    private mutating func admit(into step: inout Step, now: Duration) -> [EngineAction] {
        var actions: [EngineAction] = []
        while true {
            let busy = Set(self.running.compactMap { self.sequences[$0]?.request.context })
            var candidates = self.waiting.next(self.limits.parallel - self.running.count, busy: busy)
            guard let first = candidates.first else { return actions }

            var decision = self.sizing.decide(for: self.needs(candidates), running: self.needs(self.running), present: self.ledger.geometry)
            if case .wait = decision {
                candidates = [first]
                decision = self.sizing.decide(for: self.needs(candidates), running: self.needs(self.running), present: self.ledger.geometry)
            }
            switch decision {
            case .wait:
                return actions
            case .refuse(let fault):
                actions += self.fail(first, fault, now: now)
                continue
            case .fits(let geometry):
                if geometry != self.ledger.geometry {
                    step.undo = (self.ledger, step.plan.memory, geometry, candidates)
                    step.plan.memory.append(self.ledger.resize(to: geometry, canTrimMoved: self.limits.canTrimMoved))
                }
            }
            for id in candidates { self.start(id, in: &step, now: now) }
            return actions
        }
    }

    private mutating func start(_ id: RequestID, in step: inout Step, now: Duration) {
        guard let request = self.sequences[id]?.request, let place = self.ledger.acquire(for: request) else { return }
        if let op = place.op { step.plan.memory.append(op) }
        self.sequences[id]?.start(in: place.slot, reused: place.reused, now: now)
        self.waiting.remove([id])
        self.running.append(id)
    }

    private func needs(_ ids: [RequestID]) -> [Int] {
        ids.compactMap { self.sequences[$0]?.request.cellsNeeded }
    }

    /// Sequences that have filled their context and may forget: half of what they generated makes room.
    private mutating func shiftFull() -> [MemoryOp] {
        var ops: [MemoryOp] = []
        for id in self.running {
            guard let sequence = self.sequences[id], !sequence.isPaused, case .decoding(let slot, _) = sequence.phase else { continue }
            let length = self.ledger.length(of: slot)
            guard length >= sequence.request.contextSize else { continue }
            let count = max(1, (length - sequence.request.prompt.count) / 2)
            ops.append(self.ledger.discard(slot, from: sequence.request.prompt.count, count: count))
            self.sequences[id]?.usage.droppedTokens += count
        }
        return ops
    }

    /// In the order of their slots: llama.cpp computes sequences together whose slots follow one another, and starts anew at each other row.
    private func decodeRows() -> [StepPlan.DecodeRow] {
        let rows = self.running.compactMap { id -> StepPlan.DecodeRow? in
            guard let sequence = self.sequences[id], !sequence.isPaused, case .decoding(let slot, let token) = sequence.phase else {
                return nil
            }
            let position = self.ledger.length(of: slot)
            guard position < sequence.request.contextSize else { return nil }
            return .init(request: id, slot: slot, token: token, position: position)
        }
        return rows.sorted { $0.slot < $1.slot }
    }

    /// All prompts share what the step has room for, and take turns in being first, so that a short one never waits for a long one's end.
    private mutating func prefillChunks(besideDecode: Bool) -> [StepPlan.PrefillChunk] {
        let prompts = self.running.filter { self.sequences[$0]?.isPrefilling ?? false }
        guard !prompts.isEmpty else { return [] }
        var budget = self.prefillPolicy.budget(besideDecode: besideDecode, cost: self.cost)
        let share = max(PrefillBlocks.size, PrefillBlocks.floor(budget / prompts.count))
        let first = self.turn % prompts.count
        self.turn = first + 1

        var chunks: [StepPlan.PrefillChunk] = []
        for id in prompts[first...] + prompts[..<first] where budget >= PrefillBlocks.size {
            let own = self.sequences[id]?.prefillChunks(upTo: min(share, budget)) ?? []
            budget -= own.reduce(0) { $0 + $1.tokens.count }
            chunks += own
        }
        return chunks
    }
}

// MARK: Committing

extension Scheduler {
    /// Takes in what came of the last plan.
    public mutating func commit(_ outcome: StepOutcome, now: Duration) -> [EngineAction] {
        guard let step = self.step else { return [] }
        self.step = nil
        if let fault = outcome.engineFault { return self.startAnew(because: fault, now: now) }
        if let fault = outcome.resizeFault {
            self.undo(step, because: fault)
            return []
        }
        if outcome.aborted.isEmpty { self.cost.learn(outcome, from: step.plan) }

        for row in step.plan.decode where outcome.faults[row.request] == nil {
            self.ledger.extend(row.slot, by: CollectionOfOne(row.token), inWholeBlocks: false)
        }
        for chunk in step.plan.prefill where outcome.isGoing(chunk.request) {
            self.ledger.extend(chunk.slot, by: chunk.tokens, inWholeBlocks: !chunk.isLast)
            self.sequences[chunk.request]?.phase = .prefilling(chunk.slot, next: chunk.tokens.endIndex)
        }
        var actions: [EngineAction] = []
        for (id, fault) in outcome.faults.sorted(by: { $0.key < $1.key }) {
            actions += self.fail(id, fault, now: now)
        }
        for sample in outcome.samples where outcome.faults[sample.request] == nil {
            actions += self.accept(sample, now: now)
        }
        return actions
    }

    private mutating func accept(_ sample: StepOutcome.Sample, now: Duration) -> [EngineAction] {
        let id = sample.request
        guard var sequence = self.sequences[id], let slot = sequence.slot else { return [] }
        let advance = sequence.accept(sample, in: slot, now: now)
        self.sequences[id] = sequence

        var actions: [EngineAction] = []
        if !advance.text.isEmpty { actions.append(.emit(id, text: advance.text, tokens: advance.tokens)) }
        if let reason = advance.finish {
            self.remove(id)
            actions.append(.finish(id, reason, sequence.usage, sequence.timings(now: now)))
        }
        return actions
    }

    /// The backend could not give the cache its new shape and did nothing: all is as before the plan, but for what was learnt.
    private mutating func undo(_ step: Step, because fault: RequestFault) {
        guard let undo = step.undo else { return }
        let requests = undo.admitted.compactMap { self.sequences[$0]?.request }
        for id in undo.admitted { self.sequences[id]?.requeue() }
        self.running.removeAll { undo.admitted.contains($0) }
        self.waiting.putBack(requests)
        self.ledger = undo.ledger
        self.pendingOps = undo.ops
        self.sizing.resizeFailed(undo.target, because: fault)
    }

    /// The cache is lost, and with it every request that had begun. Those that wait go on waiting.
    private mutating func startAnew(because fault: RequestFault, now: Duration) -> [EngineAction] {
        let actions = self.running.sorted().flatMap { self.fail($0, fault, now: now) }
        self.ledger = self.ledger.emptied
        self.pendingOps = []
        return actions
    }

    private mutating func end(_ id: RequestID, reason: FinishReason, now: Duration) -> [EngineAction] {
        guard var sequence = self.sequences[id] else { return [] }
        let rest = sequence.flush(nil)
        self.remove(id)
        var actions: [EngineAction] = []
        if !rest.text.isEmpty { actions.append(.emit(id, text: rest.text, tokens: rest.tokens)) }
        actions.append(.finish(id, reason, sequence.usage, sequence.timings(now: now)))
        return actions
    }

    private mutating func fail(_ id: RequestID, _ fault: RequestFault, now: Duration) -> [EngineAction] {
        guard let sequence = self.sequences[id] else { return [] }
        self.remove(id, forgetting: true)
        return [.fail(id, fault, sequence.usage, sequence.timings(now: now))]
    }

    private mutating func remove(_ id: RequestID, forgetting: Bool = false) {
        guard let sequence = self.sequences.removeValue(forKey: id) else { return }
        if let slot = sequence.slot {
            if forgetting {
                self.pendingOps.append(self.ledger.releaseAndForget(slot))
            } else {
                self.ledger.release(slot)
            }
            self.running.removeAll { $0 == id }
        } else {
            self.waiting.remove([id])
        }
        if self.sequences.isEmpty { self.sizing.forgetFailures() }
    }
}
