/// What happens to a context between two of its requests.
extension Scheduler {
    /// Adds a barrier: ``reachedBarriers()`` names it once the context's earlier requests have ended, and later ones wait until ``passBarrier(_:)``.
    public mutating func addBarrier(_ id: RequestID, _ context: ContextID) {
        self.lastAdded = id
        self.waiting.insertBarrier(id, context)
    }

    /// The barriers that were reached since the last time, each told once.
    public mutating func reachedBarriers() -> [RequestID] {
        let new = self.waiting.reachedBarriers(busy: self.busyContexts).filter { !self.reached.contains($0) }
        self.reached.formUnion(new)
        return new
    }

    /// Lets the requests behind a barrier go on.
    public mutating func passBarrier(_ id: RequestID) {
        self.waiting.remove(id)
        self.reached.remove(id)
    }

    /// What a context has computed and may be saved, in a slot whose other tokens are to be removed, or kept outside of the cache.
    public mutating func cutForSaving(_ context: ContextID) -> (source: PrefixSource, tokens: [Token])? {
        let slot = self.ledger.cutForSaving(context)
        let kept = self.ledger.keptPrefix(of: context)
        if let kept, kept.tokens.count >= slot?.tokens.count ?? 0 { return (.kept(kept.id), kept.tokens) }
        return slot.map { (.slot($0.slot), $0.tokens) }
    }

    /// Notes a prefix that the backend is about to be given, and gives it a number.
    public mutating func keep(_ tokens: [Token], for context: ContextID, isStrict: Bool = false) -> ParkID {
        self.ledger.pin(tokens, for: context, isStrict: isStrict)
    }
}
