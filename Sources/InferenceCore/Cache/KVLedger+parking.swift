/// Prefixes that are kept outside of the cache.
extension KVLedger {
    /// Saves what a slot holds before it is used for something else, unless that is also elsewhere.
    ///
    /// - Parameter needed: What is about to be copied into the slot.
    mutating func park(_ slot: SlotID, sparing needed: PrefixSource?) -> [MemoryOp] {
        let own = self.slots[Int(slot.rawValue)]
        let tokens = own.tokens[..<self.reusable(of: own)]
        guard own.context != nil else { return [] }
        guard self.canCut(own, to: tokens.count) else {
            self.evicted.note(tokens)
            return []
        }
        return self.keep(tokens, of: slot, sparing: needed).map { dropped, id in
            dropped + (id.map { [.park(slot, $0, keeping: tokens.count)] } ?? [])
        } ?? []
    }

    /// Saves a sequence that goes on, where a later prompt is likely to begin with the same tokens and the sequence cannot be cut back to them.
    ///
    /// - Returns: Nothing if that is not worth it, or also elsewhere.
    mutating func save(_ slot: SlotID) -> [MemoryOp] {
        let own = self.slots[Int(slot.rawValue)]
        guard !self.limits.canTrimMoved, self.reusable(of: own) == own.tokens.count, self.reusable(of: own) >= Self.leastParked else {
            return []
        }
        return self.keep(own.tokens[...], of: slot, sparing: nil).map { dropped, id in dropped + (id.map { [.save(slot, $0)] } ?? []) }
            ?? []
    }

    /// - Returns: What had to go, and the number of the prefix if it is to be kept; nil if it is elsewhere.
    private mutating func keep(_ tokens: ArraySlice<Token>, of slot: SlotID, sparing needed: PrefixSource?) -> ([MemoryOp], ParkID?)? {
        let own = self.slots[Int(slot.rawValue)]
        guard let context = own.context else { return nil }
        func covers(_ other: some Collection<Token>, _ otherContext: ContextID?, isStrict: Bool) -> Bool {
            (otherContext == context || !isStrict && !own.isStrict) && other.starts(with: tokens)
                && (self.limits.canTrimMoved || other.count == tokens.count)
        }
        let isElsewhere =
            self.slots.indices.contains {
                $0 != Int(slot.rawValue)
                    && covers(
                        self.slots[$0].tokens[..<self.reusable(of: self.slots[$0])],
                        self.slots[$0].context,
                        isStrict: self.slots[$0].isStrict
                    )
            } || self.parked.entries.values.contains { covers($0.reusable, $0.context, isStrict: $0.isStrict) }
        guard !isElsewhere else { return nil }
        let before = self.parked.entries
        let parked = self.parked.park(Array(tokens), for: context, isStrict: own.isStrict, sparing: needed)
        for id in parked.dropped { self.evicted.note(before[id]?.tokens ?? []) }
        if parked.id == nil { self.evicted.note(tokens) }
        return (parked.dropped.map { .drop($0) }, parked.id)
    }

    /// A context that goes on takes its prefix back into the cache; what serves others stays outside as well.
    mutating func tookBack(_ id: ParkID, for request: GenerationRequest) -> [MemoryOp] {
        guard let entry = self.parked.entries[id] else { return [] }
        if entry.context == request.context, entry.hold == .spare, self.limits.canTrimMoved {
            self.parked.remove(id)
            return [.drop(id)]
        }
        self.parked.used(id)
        return []
    }

    /// Notes what a prefix really takes, in tokens.
    mutating func took(_ id: ParkID, _ size: Int) {
        self.parked.took(id, size)
    }

    /// Notes that a prefix is not outside of the cache after all.
    mutating func lost(_ id: ParkID) {
        self.parked.remove(id)
    }

    /// Lets go of what is kept outside and nobody asked for.
    mutating func dropParked() -> [MemoryOp] {
        for entry in self.parked.entries.values where entry.hold == .spare { self.evicted.note(entry.tokens) }
        return self.parked.removeSpare().map { .drop($0) }
    }

    /// What a context has computed and may be saved: its slot with the longest reusable prefix, cut to that.
    ///
    /// Its other tokens are worth nothing to a later prompt. They are taken to be removed by whoever takes the prefix out.
    public mutating func cutForSaving(_ context: ContextID) -> (slot: SlotID, tokens: [Token])? {
        let own = self.slots.indices.filter {
            self.slots[$0].owner == nil && self.slots[$0].context == context && self.reusable(of: self.slots[$0]) > 0
                && self.canCut(self.slots[$0], to: self.reusable(of: self.slots[$0]))
        }
        guard let index = own.max(by: { self.reusable(of: self.slots[$0]) < self.reusable(of: self.slots[$1]) }) else { return nil }
        self.slots[index].tokens.removeSubrange(self.reusable(of: self.slots[index])...)
        self.slots[index].serving = self.reusable(of: self.slots[index])
        return (SlotID(Int32(index)), self.slots[index].tokens)
    }

    /// The longest prefix that is kept outside for a context.
    public func keptPrefix(of context: ContextID) -> (id: ParkID, tokens: [Token])? {
        self.parked.inOrder.filter { $0.entry.context == context && $0.entry.reusable.count == $0.entry.tokens.count }.max {
            $0.entry.tokens.count < $1.entry.tokens.count
        }
        .map { ($0.id, $0.entry.tokens) }
    }

    /// Notes a prefix that the backend is about to be given, kept until its context is forgotten.
    public mutating func pin(_ tokens: [Token], for context: ContextID, isStrict: Bool = false) -> ParkID {
        self.parked.pin(tokens, for: context, isStrict: isStrict)
    }
}
