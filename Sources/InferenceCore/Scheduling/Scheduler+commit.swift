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
        if let preparation = outcome.preparation { self.prepared(preparation) }
        self.prefillShare.learn(outcome, from: step.plan)
        if outcome.isWhole { self.cost.learn(outcome, from: step.plan) }

        for row in step.plan.decode where outcome.faults[row.request] == nil {
            self.ledger.extend(row.slot, by: CollectionOfOne(row.token), serving: self.shape.blocks.sharesAnswers)
        }
        for chunk in step.plan.prefill where outcome.isGoing(chunk.request) {
            self.ledger.extend(chunk.slot, by: chunk.tokens, serving: self.shape.blocks.serves(chunk))
            self.sequences[chunk.request]?.phase = .prefilling(chunk.slot, next: chunk.tokens.endIndex)
            self.sequences[chunk.request]?.promptLogprobs += outcome.scores[chunk.request] ?? []
        }
        for (id, size) in outcome.parkedSizes { self.ledger.took(id, size) }
        var actions: [EngineAction] = []
        for id in outcome.unparked.sorted() { actions += self.lost(id, now: now) }
        for id in outcome.unserved.sorted() {
            guard let slot = self.sequences[id]?.slot else { continue }
            self.pendingOps.append(self.ledger.lost(slot))
            self.sequences[id]?.startOver()
            self.misses[id] = .lost
        }
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
        var actions: [EngineAction] = []
        if sequence.request.scoresPrompt, case .prefilling = sequence.phase {
            actions.append(.scored(id, sequence.promptLogprobs))
            sequence.promptLogprobs = []
        }
        let advance = sequence.accept(sample, in: slot, now: now)
        self.sequences[id] = sequence

        if !advance.text.isEmpty {
            actions.append(.emit(id, text: advance.text, tokens: advance.tokens, logprobs: advance.logprobs))
        }
        if let reason = advance.finish {
            self.remove(id, now: now)
            actions.append(.finish(id, reason, sequence.usage, sequence.timings(now: now)))
        }
        return actions
    }

    /// What was to be kept outside of the cache is not there. A prompt is computed again; an answer cannot be.
    private mutating func lost(_ id: ParkID, now: Duration) -> [EngineAction] {
        self.ledger.lost(id)
        let owner = self.preempted.first { if case .suspended(id, _) = self.sequences[$0]?.phase { true } else { false } }
        guard let owner, case .suspended(_, let rest) = self.sequences[owner]?.phase else { return [] }
        self.sequences[owner]?.startOver()
        guard case .decoding = rest else { return [] }
        return self.fail(owner, RequestFault(.engineFailed, "the state of a suspended request could not be kept: try again"), now: now)
    }

    /// The backend could not give the cache its new shape and did nothing: all is as before the plan, but for what was learnt.
    private mutating func undo(_ step: Step, because fault: RequestFault) {
        guard let undo = step.undo else { return }
        for sequence in undo.admitted {
            let id = sequence.request.id
            guard self.running.contains(id) else { continue }
            self.sequences[id] = sequence
            self.running.removeAll { $0 == id }
            self.waiting.insert(sequence.request, since: sequence.queuedSince)
            if sequence.hasStarted { self.preempted.insert(id) }
        }
        self.ledger = undo.ledger
        self.pendingOps = undo.ops
        self.couldNotResize(to: undo.target, because: fault)
    }

    /// The cache is lost, and with it every request that had begun. Those that wait go on waiting.
    private mutating func startAnew(because fault: RequestFault, now: Duration) -> [EngineAction] {
        let lost =
            self.running + self.preempted.filter { if case .suspended(_, .decoding) = self.sequences[$0]?.phase { true } else { false } }
        let actions = lost.sorted().flatMap { self.fail($0, fault, now: now) }
        for id in self.preempted { self.sequences[id]?.startOver() }
        self.ledger = self.ledger.emptied
        self.pendingOps = []
        self.preparation = .none
        self.oversizeSince = nil
        return actions
    }

    mutating func end(_ id: RequestID, reason: FinishReason, now: Duration) -> [EngineAction] {
        guard var sequence = self.sequences[id] else { return [] }
        let rest = sequence.flush(nil)
        self.remove(id, now: now)
        var actions: [EngineAction] = []
        if !rest.text.isEmpty { actions.append(.emit(id, text: rest.text, tokens: rest.tokens, logprobs: rest.logprobs)) }
        actions.append(.finish(id, reason, sequence.usage, sequence.timings(now: now)))
        return actions
    }

    mutating func fail(_ id: RequestID, _ fault: RequestFault, now: Duration) -> [EngineAction] {
        guard let sequence = self.sequences[id] else { return [] }
        self.remove(id, forgetting: true, now: now)
        return [.fail(id, fault, sequence.usage, sequence.timings(now: now))]
    }

    private mutating func remove(_ id: RequestID, forgetting: Bool = false, now: Duration) {
        guard let sequence = self.sequences.removeValue(forKey: id) else { return }
        if case .suspended(let kept, _) = sequence.phase { self.pendingOps.append(self.ledger.drop(kept)) }
        self.preempted.remove(id)
        self.stalled.remove(id)
        if let slot = sequence.slot {
            if forgetting {
                self.pendingOps.append(self.ledger.releaseAndForget(slot))
            } else {
                self.ledger.release(slot)
            }
            self.running.removeAll { $0 == id }
            let time = sequence.timings(now: now)
            self.slotTime = ((self.slotTime ?? time.prefill + time.decode) * 7 + time.prefill + time.decode) / 8
        } else {
            self.waiting.remove(id)
        }
        if self.sequences.isEmpty { self.sizing.forgetFailures() }
    }
}
