/// How the cache gets another shape.
extension Scheduler {
    /// Gives the cache a shape for requests that are to start. Beside others, a cache of that shape is made first, while the steps go on.
    ///
    /// - Returns: Those of the requests that can start now; nil while the cache is being made.
    mutating func resize(to geometry: CacheGeometry, for requests: [RequestID], in step: inout Step) -> [RequestID]? {
        guard geometry != self.ledger.geometry else {
            self.preparation = .none
            return requests
        }
        guard !self.running.isEmpty else {
            self.preparation = .none
            self.noteResize(to: geometry, admitting: requests, in: &step)
            return requests
        }
        // What is being made is good enough if the first of those who wait can start in it.
        let target = self.preparation.geometry.flatMap { self.serves($0, Array(requests.prefix(1))) ? $0 : nil } ?? geometry
        guard self.preparation == .ready(target) else {
            self.preparation = .making(target)
            return nil
        }
        let admitted = requests.indices.last { self.serves(target, Array(requests[...$0])) }.map { Array(requests[...$0]) } ?? []
        self.preparation = .none
        self.noteResize(to: target, admitting: admitted, in: &step)
        return admitted
    }

    private func serves(_ geometry: CacheGeometry, _ requests: [RequestID]) -> Bool {
        let needs = self.needs(requests) + self.needs(self.running)
        return geometry.slots >= max(needs.count, self.ledger.slotsInUse) && geometry.cellsPerSlot >= needs.max() ?? 0
    }

    private mutating func noteResize(to geometry: CacheGeometry, admitting requests: [RequestID], in step: inout Step) {
        step.undo = (self.ledger, step.plan.memory, geometry, requests.compactMap { self.sequences[$0] })
        step.plan.memory += self.ledger.resize(to: geometry)
    }

    /// Takes in whether a cache that was to be made is there.
    mutating func prepared(_ preparation: StepOutcome.Preparation) {
        switch preparation {
        case .ready(let geometry):
            if self.preparation == .making(geometry) { self.preparation = .ready(geometry) }
        case .failed(let geometry, let fault):
            self.preparation = .none
            self.couldNotResize(to: geometry, because: fault)
        }
    }

    mutating func couldNotResize(to geometry: CacheGeometry, because fault: RequestFault) {
        // Nobody needed it.
        guard self.oversizeSince == nil else {
            self.oversizeSince = nil
            return
        }
        // What is only kept to spare work goes before anybody is refused.
        let dropped = self.ledger.dropParked()
        self.pendingOps += dropped
        guard dropped.isEmpty else { return }
        self.sizing.resizeFailed(geometry, because: fault)
    }

    /// Makes the cache larger for those that run and are about to fill it, or smaller.
    mutating func fit(in step: inout Step, mayShrink: Bool, now: Duration) -> [EngineAction] {
        let needs = self.needs(self.running)
        guard needs.max() ?? 0 > self.ledger.geometry.cellsPerSlot else {
            if mayShrink { self.shrink(in: &step, now: now) } else { self.preparation = .none }
            return []
        }
        self.oversizeSince = nil
        let decision = self.sizing.decide(
            for: [],
            running: needs,
            slotsInUse: self.ledger.slotsInUse,
            present: self.ledger.geometry
        )
        guard case .fits(let geometry) = decision else {
            self.preparation = .none
            guard let actions = self.relieve(in: &step, now: now) else { return [] }
            return actions + self.fit(in: &step, mayShrink: mayShrink, now: now)
        }
        _ = self.resize(to: geometry, for: [], in: &step)
        return []
    }

    // MARK: Giving memory back

    /// When the cache is given a smaller shape if nothing comes in; nil if it needs none.
    var shrinkTime: Duration? {
        guard let after = self.limits.shrinkAfter, let since = self.oversizeSince else { return nil }
        return since + after
    }

    /// Gives memory back that has not been needed for a while.
    mutating func shrink(in step: inout Step, now: Duration) {
        let target = self.sizing.smaller(for: self.needs(self.running), slotsInUse: self.ledger.slotsInUse, present: self.ledger.geometry)
        guard let target, self.limits.shrinkAfter != nil else {
            self.oversizeSince = nil
            self.preparation = .none
            return
        }
        self.oversizeSince = self.oversizeSince ?? now
        guard let time = self.shrinkTime, time <= now else { return }
        _ = self.resize(to: target, for: [], in: &step)
    }
}
