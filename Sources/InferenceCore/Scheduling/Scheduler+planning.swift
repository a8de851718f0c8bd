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
        step.plan.prefill = self.prefillChunks(beside: step.plan.decode)
        step.plan.preparing = self.preparation.geometry

        let isOff = step.plan.preparing == nil && self.announced != nil
        self.announced = step.plan.preparing
        guard !step.plan.isEmpty || isOff else { return (nil, actions) }
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
            let next = self.waiting.next(self.limits.parallel - self.running.count, busy: busy)
            let candidates = self.withoutFollowers(next)
            guard let first = candidates.first else {
                self.shrink(in: &step, now: now)
                return actions
            }
            self.oversizeSince = nil
            let (together, decision) = self.decide(for: candidates)
            switch decision {
            case .wait:
                self.preparation = .none
                return actions
            case .refuse(let fault):
                actions += self.fail(first, fault, now: now)
                continue
            case .fits(let geometry):
                guard let admitted = self.resize(to: geometry, for: together, in: &step) else { return actions }
                for id in admitted { self.start(id, in: &step, now: now) }
                return actions
            }
        }
    }

    /// All of the candidates if there is a cache for all of them, or the first.
    private func decide(for candidates: [RequestID]) -> ([RequestID], CacheSizing.Decision) {
        func decide(_ ids: [RequestID]) -> CacheSizing.Decision {
            self.sizing.decide(
                for: self.needs(ids),
                running: self.needs(self.running),
                slotsInUse: self.ledger.slotsInUse,
                present: self.ledger.geometry
            )
        }
        let all = decide(candidates)
        guard case .wait = all, candidates.count > 1 else { return (candidates, all) }
        return ([candidates[0]], decide([candidates[0]]))
    }

    private mutating func start(_ id: RequestID, in step: inout Step, now: Duration) {
        guard let request = self.sequences[id]?.request, let place = self.ledger.acquire(for: request) else { return }
        step.plan.memory += place.ops
        self.sequences[id]?.start(in: place.slot, reused: place.reused, now: now)
        self.sequences[id]?.lastTurn = self.turn
        self.waiting.remove([id])
        self.running.append(id)
    }

    /// Leaves out the requests whose prompt begins like one that is being computed: they wait and copy, instead of computing it once more.
    ///
    /// Each keeps the place that it would have taken, so that none is passed by.
    private mutating func withoutFollowers(_ ids: [RequestID]) -> [RequestID] {
        self.borders = [:]
        var leaders = self.running.filter { self.sequences[$0]?.isPrefilling ?? false }
        var starting: [RequestID] = []
        for id in ids {
            guard let request = self.sequences[id]?.request else { continue }
            let own = self.ledger.reusable(for: request)
            let shared = leaders.map { (leader: $0, reuse: self.reuse(of: $0, by: request)) }
            if let (leader, reuse) = shared.max(by: { $0.reuse < $1.reuse }), reuse >= own + PrefillPolicy.worthWaiting {
                self.borders[leader] = min(self.borders[leader] ?? .max, reuse)
            } else {
                starting.append(id)
                leaders.append(id)
            }
        }
        return starting
    }

    /// How many tokens a request can copy from a prompt that is being computed, if it waits for them.
    private func reuse(of leader: RequestID, by request: GenerationRequest) -> Int {
        guard let leader = self.sequences[leader] else { return 0 }
        let reuse = self.ledger.reuse(of: leader.request, by: request)
        if case .prefilling(_, let next) = leader.phase, next > reuse, !self.limits.canTrimMoved { return 0 }
        return reuse
    }

    func needs(_ ids: [RequestID]) -> [Int] {
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

    /// The shortest rest first, so that most callers wait the least; every few steps the prompt that has waited longest, so that all move on.
    private mutating func prefillChunks(beside decode: [StepPlan.DecodeRow]) -> [StepPlan.PrefillChunk] {
        let prompts = self.running.filter { self.sequences[$0]?.isPrefilling ?? false }
        guard !prompts.isEmpty else { return [] }
        var room = PrefillRoom(self.prefillPolicy, cost: self.cost, decodeDepths: decode.map(\.position))
        self.turn += 1

        var chunks: [StepPlan.PrefillChunk] = []
        for id in self.inPrefillOrder(prompts) {
            let own = self.sequences[id]?.prefillChunks(in: &room, until: self.borders[id], mayExceed: chunks.isEmpty) ?? []
            guard !own.isEmpty else { continue }
            self.sequences[id]?.lastTurn = self.turn
            chunks += own
        }
        return chunks
    }

    private func inPrefillOrder(_ prompts: [RequestID]) -> [RequestID] {
        let states = prompts.compactMap { self.sequences[$0] }
        let order = states.indices.sorted { (states[$0].tokensToPrefill, $0) < (states[$1].tokensToPrefill, $1) }.map { prompts[$0] }
        guard self.turn.isMultiple(of: PrefillPolicy.turnsPerFairTurn),
            let patient = states.indices.min(by: { (states[$0].lastTurn, $0) < (states[$1].lastTurn, $1) })
        else { return order }
        return [prompts[patient]] + order.filter { $0 != prompts[patient] }
    }
}
