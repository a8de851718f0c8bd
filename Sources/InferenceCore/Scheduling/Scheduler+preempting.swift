/// How requests give way to others: batch requests to those of a higher class, and those whose consumer takes nothing to any.
extension Scheduler {
    /// Has requests that give way give their slots to waiting requests that find none.
    mutating func makeWay(in step: inout Step, now: Duration) {
        let yielding = self.running.count { self.sequences[$0]?.yields(to: .interactive, now: now) ?? false }
        guard yielding > 0 else { return }
        let free = self.limits.parallel - self.running.count
        for id in self.next(free + yielding).dropFirst(free) { self.makeWay(for: id, in: &step, now: now) }
    }

    /// Has one request give up its slot, if there is one that must for this request.
    @discardableResult
    mutating func makeWay(for id: RequestID, in step: inout Step, now: Duration) -> Bool {
        guard let priority = self.sequences[id]?.request.priority else { return false }
        let victims = self.running.filter { (self.sequences[$0]?.yields(to: priority, now: now) ?? false) && self.isAtBorder($0) }
        guard let victim = victims.last(where: { self.sequences[$0]?.isPaused ?? false }) ?? victims.last else { return false }
        if self.suspend(victim, in: &step, now: now) { return true }
        // Without room to keep what stands in its slot it is not asked again at once.
        if self.sequences[victim]?.isPaused ?? false { self.sequences[victim]?.pausedSince = now }
        return false
    }

    /// When a slot is to be taken from a request whose consumer takes nothing; nil if nobody waits for one.
    var stallTime: Duration? {
        let times = self.running.compactMap { self.isAtBorder($0) ? self.sequences[$0]?.stallTime : nil }
        let free = self.limits.parallel - self.running.count
        guard let first = times.min(), self.next(free + 1).count > free else { return nil }
        return first
    }

    /// Whether a request's tokens can be moved without a change of results: now, or within 16 steps.
    private func isAtBorder(_ id: RequestID) -> Bool {
        guard self.limits.window > 0, let slot = self.sequences[id]?.slot else { return true }
        let passed = self.ledger.length(of: slot) - self.limits.window
        return passed <= 0 || passed.isMultiple(of: PrefillBlocks.size)
    }

    /// Takes a request's slot and keeps what stands in it, so that it goes on later where it was.
    ///
    /// - Returns: Whether there is room to keep it.
    private mutating func suspend(_ id: RequestID, in step: inout Step, now: Duration) -> Bool {
        guard var sequence = self.sequences[id], let slot = sequence.slot else { return false }
        if self.ledger.length(of: slot) == 0 {
            self.ledger.release(slot)
            sequence.requeue(now: now)
        } else {
            guard let kept = self.ledger.suspend(slot) else { return false }
            step.plan.memory += kept.ops
            sequence.suspend(as: kept.id, now: now)
        }
        self.sequences[id] = sequence
        self.running.removeAll { $0 == id }
        self.preempted.insert(id)
        if sequence.isPaused {
            self.stalled.insert(id)
        } else {
            self.waiting.insert(sequence.request, since: now)
        }
        return true
    }

    /// A larger cache cannot be had. For those who have come to the end of the present one, a batch request gives way, or others end first. If
    /// nobody can go on, one gives way to the rest, or itself finds room in a cache with fewer slots; without room to keep it, it fails.
    ///
    /// - Returns: Nil if nobody gave way.
    mutating func relieve(in step: inout Step, now: Duration) -> [EngineAction]? {
        let stuck = self.running.filter { !self.canAdvance($0) && self.sequences[$0]?.isPaused == false }
        guard let last = stuck.last else { return nil }
        let first = stuck.max { self.sequences[$0]?.request.priority ?? .batch < self.sequences[$1]?.request.priority ?? .batch }
        if let first, self.makeWay(for: first, in: &step, now: now) { return [] }
        guard !self.running.contains(where: { self.canAdvance($0) }) else { return nil }
        if self.suspend(last, in: &step, now: now) { return [] }
        return self.fail(last, self.sizing.shortage(of: self.needs([last]).first ?? 0), now: now)
    }
}
