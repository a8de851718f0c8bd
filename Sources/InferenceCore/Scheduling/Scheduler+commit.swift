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
        if outcome.isWhole { self.cost.learn(outcome, from: step.plan) }

        for row in step.plan.decode where outcome.faults[row.request] == nil {
            self.ledger.extend(row.slot, by: CollectionOfOne(row.token), inWholeBlocks: false)
        }
        for chunk in step.plan.prefill where outcome.isGoing(chunk.request) {
            self.ledger.extend(chunk.slot, by: chunk.tokens, inWholeBlocks: !chunk.isLast)
            self.sequences[chunk.request]?.phase = .prefilling(chunk.slot, next: chunk.tokens.endIndex)
        }
        for id in outcome.unparked { self.ledger.lost(id) }
        for id in outcome.unserved.sorted() {
            guard let slot = self.sequences[id]?.slot else { continue }
            self.pendingOps.append(self.ledger.lost(slot))
            self.sequences[id]?.startOver()
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
        self.couldNotResize(to: undo.target, because: fault)
    }

    /// The cache is lost, and with it every request that had begun. Those that wait go on waiting.
    private mutating func startAnew(because fault: RequestFault, now: Duration) -> [EngineAction] {
        let actions = self.running.sorted().flatMap { self.fail($0, fault, now: now) }
        self.ledger = self.ledger.emptied
        self.pendingOps = []
        self.preparation = .none
        self.oversizeSince = nil
        return actions
    }

    mutating func end(_ id: RequestID, reason: FinishReason, now: Duration) -> [EngineAction] {
        guard var sequence = self.sequences[id] else { return [] }
        let rest = sequence.flush(nil)
        self.remove(id)
        var actions: [EngineAction] = []
        if !rest.text.isEmpty { actions.append(.emit(id, text: rest.text, tokens: rest.tokens)) }
        actions.append(.finish(id, reason, sequence.usage, sequence.timings(now: now)))
        return actions
    }

    mutating func fail(_ id: RequestID, _ fault: RequestFault, now: Duration) -> [EngineAction] {
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
