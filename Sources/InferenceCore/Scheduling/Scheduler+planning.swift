extension Scheduler {
    /// The next step, or nil when there is nothing to do; and what to tell the outside first.
    ///
    /// - Parameter holdsPrompts: Whether no prompts are computed, since the step's time was given to something else.
    public mutating func plan(now: Duration, holdsPrompts: Bool = false) -> (plan: StepPlan?, actions: [EngineAction]) {
        var actions = self.endExpired(now: now)
        var step = Step(plan: StepPlan(memory: self.pendingOps, shape: self.shape))
        self.pendingOps = []

        actions += self.admit(into: &step, now: now)
        // What goes with a resize may be asked for a second time, and a shift must not be done twice: it waits for the next step.
        if step.undo == nil { step.plan.memory += self.shiftFull() + self.saveCheckpoints() }
        let active = self.active()
        step.plan.decode = self.decodeRows(of: active)
        step.plan.decodeBatches = self.cost.batches(of: step.plan.decode.map(\.position))
        if !holdsPrompts { step.plan.prefill = self.prefillChunks(of: active, beside: step.plan) }
        if step.plan.hasRows { self.steps += 1 }
        step.plan.preparing = self.preparation.geometry

        let isOff = step.plan.preparing == nil && self.announced != nil
        self.announced = step.plan.preparing
        guard !step.plan.isEmpty || isOff else { return (nil, actions) }
        self.step = step
        return (step.plan, actions)
    }

    private mutating func endExpired(now: Duration) -> [EngineAction] {
        guard let next = self.nextExpiry, next <= now else { return [] }
        let limit = self.limits.waitLimit
        var actions: [EngineAction] = []
        for sequence in self.sequences.values.sorted(by: { $0.request.id < $1.request.id }) {
            guard let expiry = sequence.expiry(waitLimit: limit), expiry <= now else { continue }
            if let limit, sequence.request.deadline.map({ $0 > now }) ?? true {
                actions += self.fail(sequence.request.id, self.waitedTooLong(sequence.request, limit: limit), now: now)
            } else {
                actions += self.end(sequence.request.id, reason: .deadline, now: now)
            }
        }
        self.nextExpiry = self.earliestExpiry
        return actions
    }

    private mutating func admit(into step: inout Step, now: Duration) -> [EngineAction] {
        self.makeWay(in: &step, now: now)
        var actions: [EngineAction] = []
        while true {
            let next = self.next(self.limits.parallel - self.running.count)
            let late = self.failLate(next, now: now)
            guard late.isEmpty else {
                actions += late
                continue
            }
            let candidates = self.withoutFollowers(next)
            guard let first = candidates.first else { return actions + self.fit(in: &step, mayShrink: true, now: now) }
            self.oversizeSince = nil
            let (together, decision) = self.decide(for: candidates)
            switch decision {
            case .wait:
                if self.makeWay(for: first, in: &step, now: now) { continue }
                return actions + self.fit(in: &step, mayShrink: false, now: now)
            case .refuse(let fault):
                actions += self.fail(first, fault, now: now)
                continue
            case .fits(let geometry):
                guard let admitted = self.resize(to: geometry, for: together, in: &step) else { return actions }
                for id in admitted where !self.isFull(step) { self.start(id, in: &step, now: now) }
                return actions
            }
        }
    }

    func next(_ limit: Int) -> [RequestID] {
        self.waiting.next(limit, busy: self.busyContexts, turn: self.starts)
    }

    /// Those with a request that has begun and is not in the queue.
    var busyContexts: Set<ContextID> {
        Set((self.running + self.stalled).compactMap { self.sequences[$0]?.request.context })
    }

    private mutating func failLate(_ ids: [RequestID], now: Duration) -> [EngineAction] {
        ids.flatMap { id -> [EngineAction] in
            guard let sequence = self.sequences[id], sequence.phase == .waiting,
                let fault = self.reasonNotToBegin(sequence.request, now: now)
            else { return [] }
            return self.fail(id, fault, now: now)
        }
    }

    /// All of the candidates if there is a cache for all of them, or the first.
    private func decide(for candidates: [RequestID]) -> ([RequestID], CacheSizing.Decision) {
        func decide(_ ids: [RequestID]) -> CacheSizing.Decision {
            // Who starts must be able to end; the cache is as large as it has to be before long.
            let whole = self.sizing.decide(
                for: self.needsAtEnd(ids),
                running: self.needsAtEnd(self.running),
                slotsInUse: self.ledger.slotsInUse,
                present: self.ledger.geometry
            )
            guard case .fits = whole else { return whole }
            return self.sizing.decide(
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
        guard var sequence = self.sequences[id] else { return }
        let isTurn = self.waiting.isPassed(by: sequence.request.priority)
        if case .suspended(let kept, _) = sequence.phase {
            guard let place = self.ledger.resume(kept, for: sequence.request) else { return }
            step.plan.memory += place.ops
            sequence.resume(in: place.slot, isTurn: isTurn, now: now)
        } else {
            let checkpoints = self.checkpoints(of: sequence.request)
            guard let place = self.ledger.acquire(for: sequence.request) else { return }
            step.plan.memory += place.ops
            self.misses[id] = place.miss
            sequence.start(in: place.slot, reused: place.reused, isTurn: isTurn, now: now)
            sequence.checkpoints = checkpoints.filter { $0 > place.reused }
        }
        sequence.lastTurn = self.turn
        self.sequences[id] = sequence
        self.waiting.remove(id)
        self.preempted.remove(id)
        self.running.append(id)
        self.starts += 1
    }

    /// Whether so much is copied and parked already that those who are generating would wait too long for more.
    private func isFull(_ step: Step) -> Bool {
        let moved = step.plan.movedTokens
        guard moved > 0, let seconds = self.cost.secondsToMove(moved), self.running.contains(where: { self.decodeRow(of: $0) != nil })
        else {
            return false
        }
        return seconds >= self.prefillPolicy.maxStall.seconds / 2
    }

    /// Leaves out the requests whose prompt begins like one that is being computed: they wait and copy, instead of computing it once more.
    ///
    /// Each keeps the place that it would have taken, so that none is passed by.
    private mutating func withoutFollowers(_ ids: [RequestID]) -> [RequestID] {
        self.borders = [:]
        var leaders = self.running.filter { self.sequences[$0]?.isPrefilling ?? false }
        var starting: [RequestID] = []
        for id in ids {
            guard let sequence = self.sequences[id] else { continue }
            guard sequence.phase == .waiting else {
                starting.append(id)
                continue
            }
            let request = sequence.request
            let own = self.ledger.reusable(for: request)
            let shared = leaders.map { (leader: $0, reuse: self.reuse(of: $0, by: request)) }
            if let (leader, reuse) = shared.max(by: { $0.reuse < $1.reuse }), reuse >= own + PrefillPolicy.worthWaiting {
                self.borders[leader] = min(self.borders[leader] ?? .max, reuse)
                if !self.limits.canTrimMoved { self.sequences[leader]?.checkpoints.insert(reuse) }
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

    /// Cells that requests fill before long.
    func needs(_ ids: [RequestID]) -> [Int] {
        ids.compactMap { self.sequences[$0]?.cellsNeededSoon }
    }

    private func needsAtEnd(_ ids: [RequestID]) -> [Int] {
        ids.compactMap { self.sequences[$0]?.request.cellsNeeded }
    }

    /// Who takes part in the step: beside others, batch requests have a turn now and then.
    private func active() -> [RequestID] {
        guard !self.steps.isMultiple(of: PrefillPolicy.stepsPerBatchTurn) else { return self.running }
        let others = self.running.filter { self.sequences[$0]?.request.priority != .batch }
        return others.contains { self.canAdvance($0) } ? others : self.running
    }

    func canAdvance(_ id: RequestID) -> Bool {
        self.sequences[id]?.isPrefilling ?? false || self.decodeRow(of: id) != nil
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
    private func decodeRows(of ids: [RequestID]) -> [StepPlan.DecodeRow] {
        ids.compactMap { self.decodeRow(of: $0) }.sorted { $0.slot < $1.slot }
    }

    /// The next row of a request that is generating; none while the cache has no cell for it.
    func decodeRow(of id: RequestID) -> StepPlan.DecodeRow? {
        guard let sequence = self.sequences[id], !sequence.isPaused, case .decoding(let slot, let token) = sequence.phase else {
            return nil
        }
        let position = self.ledger.length(of: slot)
        guard position < min(sequence.request.contextSize, self.ledger.geometry.cellsPerSlot) else { return nil }
        return .init(request: id, slot: slot, token: token, position: position)
    }

    /// The higher class first, and in it the shortest rest, so that most callers wait the least; every few steps the prompt that has waited
    /// longest, so that all move on.
    private mutating func prefillChunks(of ids: [RequestID], beside plan: StepPlan) -> [StepPlan.PrefillChunk] {
        let prompts = ids.filter { self.sequences[$0]?.isPrefilling ?? false && !self.isHeld($0, beside: plan.decode) }
        guard !prompts.isEmpty else { return [] }
        var room = PrefillRoom(
            self.prefillPolicy,
            cost: self.cost,
            blocks: self.shape.blocks,
            decodeDepths: plan.decode.map(\.position),
            movedTokens: plan.movedTokens
        )
        self.turn += 1

        var chunks: [StepPlan.PrefillChunk] = []
        for id in self.inPrefillOrder(prompts) {
            let own = self.prefillChunks(of: id, in: &room, mayExceed: chunks.isEmpty)
            guard !own.isEmpty else { continue }
            self.sequences[id]?.lastTurn = self.turn
            chunks += own
        }
        return chunks
    }

    /// Whether a prompt waits since prompts have had more than their share of the time. Those of a lower class are made up to by none of a higher.
    private func isHeld(_ id: RequestID, beside rows: [StepPlan.DecodeRow]) -> Bool {
        guard self.prefillShare.isOwing, let priority = self.sequences[id]?.request.priority else { return false }
        return rows.contains { (self.sequences[$0.request]?.request.priority ?? priority) >= priority }
    }

    private func prefillChunks(of id: RequestID, in room: inout PrefillRoom, mayExceed: Bool) -> [StepPlan.PrefillChunk] {
        self.sequences[id]?
            .prefillChunks(
                in: &room,
                cut: self.shape.blocks,
                until: self.sequences[id]?.nextStop(self.borders[id]),
                ofAtMost: self.shape.prefillChunk,
                mayExceed: mayExceed
            ) ?? []
    }

    private func inPrefillOrder(_ prompts: [RequestID]) -> [RequestID] {
        let states = prompts.compactMap { self.sequences[$0] }
        let order = states.indices.sorted {
            (states[$1].request.priority, states[$0].tokensToPrefill, $0) < (states[$0].request.priority, states[$1].tokensToPrefill, $1)
        }.map { prompts[$0] }
        guard self.turn.isMultiple(of: PrefillPolicy.turnsPerFairTurn),
            let patient = states.indices.min(by: { (states[$0].lastTurn, $0) < (states[$1].lastTurn, $1) })
        else { return order }
        return [prompts[patient]] + order.filter { $0 != prompts[patient] }
    }
}
