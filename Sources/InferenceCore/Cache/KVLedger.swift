/// What each slot of the KV cache holds. It mirrors the C library's memory and decides on changes; the backend makes them.
public struct KVLedger: Sendable {
    struct Slot: Sendable, Equatable {
        var owner: RequestID?
        /// The context that last used the slot.
        var context: ContextID?
        /// Whether no other context may use what it holds.
        var isStrict = false
        /// Tokens that stand in the cache, in order.
        var tokens: [Token] = []
        /// How many of them came out as they would for any other prompt that begins with them.
        var serving = 0
        /// To fewer tokens than that the slot cannot be cut back: with a sliding window, what was moved or copied has left behind what the
        /// window had passed.
        var leastLength = 0
        var lastUse: UInt64 = 0
    }

    /// Where a request's prompt is to start.
    public struct Place: Sendable, Equatable {
        public var slot: SlotID
        /// Tokens of the prompt that the slot holds once the operations are done.
        public var reused: Int
        public var ops: [MemoryOp]
        /// Why it is not all that could be spared; nil if it is.
        public var miss: CacheMiss?
    }

    /// Less is computed again sooner than it is parked and fetched.
    static let leastParked = 64

    public private(set) var geometry: CacheGeometry = .none
    var slots: [Slot] = []
    var parked: ParkedPrefixes
    private(set) var evicted = EvictedPrefixes()
    let limits: SchedulerLimits
    private(set) var policy = PrefixReusePolicy()
    private var useCounter: UInt64 = 0

    public init(limits: SchedulerLimits) {
        self.limits = limits
        self.parked = ParkedPrefixes(budget: limits.parkedTokens, canTrim: limits.canTrimMoved)
    }

    var blocks: PrefillBlocks {
        get { self.policy.blocks }
        set { self.policy.blocks = newValue }
    }

    /// The same without anything in it.
    var emptied: KVLedger {
        var emptied = KVLedger(limits: self.limits)
        emptied.policy = self.policy
        emptied.parked = self.parked.emptied
        return emptied
    }

    func length(of slot: SlotID) -> Int { self.slots[Int(slot.rawValue)].tokens.count }

    /// Tokens in the cache for each slot that is in use, for checks against the C library.
    public var busyLengths: [(slot: SlotID, length: Int)] {
        self.slots.indices.compactMap { index in
            self.slots[index].owner == nil ? nil : (SlotID(Int32(index)), self.slots[index].tokens.count)
        }
    }

    var use: CacheUse {
        var use = CacheUse()
        use.cells = self.geometry.cells
        use.keptTokens = self.parked.size
        for slot in self.slots {
            if slot.owner == nil { use.warmTokens += self.reusable(of: slot) } else { use.busyTokens += slot.tokens.count }
        }
        return use
    }

    /// Gives a request a slot for its prompt, or nil when all are in use.
    public mutating func acquire(for request: GenerationRequest) -> Place? {
        guard let choice = self.policy.choose(among: self.candidates(for: request), sources: self.sources(for: request)) else { return nil }
        let index = Int(choice.slot.rawValue)
        let miss = self.miss(of: request, reused: choice.reused)
        var ops: [MemoryOp] = []
        let keepsInPlace = choice.source == nil ? choice.reused : 0
        if self.reusable(of: self.slots[index]) - keepsInPlace >= Self.leastParked { ops += self.park(choice.slot, sparing: choice.source) }

        if let source = choice.source {
            ops.append(.copy(source, to: choice.slot, keeping: choice.reused))
            if case .kept(let id) = source { ops += self.tookBack(id, for: request) }
            self.slots[index].leastLength = self.limits.canTrimMoved ? 0 : choice.reused
        } else if self.slots[index].tokens.count > choice.reused {
            ops.append(choice.reused == 0 ? .clear(choice.slot) : .removeTail(choice.slot, from: choice.reused))
            if choice.reused == 0 { self.slots[index].leastLength = 0 }
        }
        self.slots[index].owner = request.id
        self.slots[index].context = request.context
        self.slots[index].isStrict = request.isStrict
        self.slots[index].tokens = Array(request.prompt[..<choice.reused])
        self.slots[index].serving = choice.reused
        return Place(slot: choice.slot, reused: choice.reused, ops: ops, miss: miss)
    }

    /// How many of a slot's tokens another prompt can use: up to where it may begin.
    func reusable(of slot: Slot) -> Int { self.blocks.floor(slot.serving) }

    /// How many tokens of a request's prompt need not be computed if it starts now.
    func reusable(for request: GenerationRequest) -> Int {
        max(self.candidates(for: request).map(\.shared).max() ?? 0, self.sources(for: request).map(\.shared).max() ?? 0)
    }

    /// How many tokens of a request's prompt need not be computed once another prompt is in the cache.
    func reuse(of other: GenerationRequest, by request: GenerationRequest) -> Int {
        guard !other.isStrict, !request.isStrict, !request.scoresPrompt else { return 0 }
        let serving = self.blocks.serving(promptCount: other.prompt.count)
        return self.policy.reuse(of: other.prompt[..<serving], by: request.prompt)
    }

    private func candidates(for request: GenerationRequest) -> [PrefixReusePolicy.Candidate] {
        self.slots.indices.compactMap { index in
            let slot = self.slots[index]
            guard slot.owner == nil else { return nil }
            let shared = self.shared(by: slot, request)
            return .init(
                slot: SlotID(Int32(index)),
                shared: self.canCut(slot, to: shared) ? shared : 0,
                worth: self.reusable(of: slot),
                lastUse: slot.lastUse
            )
        }
    }

    private func sources(for request: GenerationRequest) -> [PrefixReusePolicy.Source] {
        // What was moved serves only as a whole where the cache leaves behind what its window has passed.
        let slots = self.slots.indices.map { index -> PrefixReusePolicy.Source in
            let slot = self.slots[index]
            let shared = self.shared(by: slot, request)
            return .init(.slot(SlotID(Int32(index))), shared: self.limits.canTrimMoved || shared == slot.tokens.count ? shared : 0)
        }
        // One of them is enough, the same each time.
        let kept = self.parked.entries.map { id, entry -> (id: ParkID, shared: Int) in
            let isVisible = entry.context == request.context || !entry.isStrict && !request.isStrict
            let fits = entry.tokens.count <= self.geometry.cellsPerSlot
            let shared = isVisible && fits && !request.scoresPrompt ? self.policy.reuse(of: entry.reusable, by: request.prompt) : 0
            return (id, self.limits.canTrimMoved || shared == entry.tokens.count ? shared : 0)
        }.max { ($0.shared, $1.id) < ($1.shared, $0.id) }
        return slots + (kept.map { [.init(.kept($0.id), shared: $0.shared)] } ?? [])
    }

    private func canCut(_ slot: Slot, to length: Int) -> Bool {
        length == slot.tokens.count || self.limits.canTrim && length >= slot.leastLength
    }

    private func shared(by slot: Slot, _ request: GenerationRequest) -> Int {
        guard slot.context == request.context || !slot.isStrict && !request.isStrict, !request.scoresPrompt else { return 0 }
        return self.policy.reuse(of: slot.tokens[..<self.reusable(of: slot)], by: request.prompt)
    }

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
    private mutating func tookBack(_ id: ParkID, for request: GenerationRequest) -> [MemoryOp] {
        guard let entry = self.parked.entries[id] else { return [] }
        if entry.context == request.context, entry.hold == .spare, self.limits.canTrimMoved {
            self.parked.remove(id)
            return [.drop(id)]
        }
        self.parked.used(id)
        return []
    }

    /// Notes tokens that a step has put into the cache.
    ///
    /// - Parameter serving: Whether they came out as they would for any other prompt that begins with them, but for what is no whole cut.
    public mutating func extend(_ slot: SlotID, by tokens: some Collection<Token>, serving: Bool) {
        let index = Int(slot.rawValue)
        if serving, self.slots[index].serving == self.slots[index].tokens.count {
            self.slots[index].serving += tokens.count / self.blocks.cut * self.blocks.cut
        }
        self.slots[index].tokens.append(contentsOf: tokens)
    }

    public mutating func discard(_ slot: SlotID, from start: Int, count: Int) -> MemoryOp {
        let index = Int(slot.rawValue)
        self.slots[index].tokens.removeSubrange(start..<(start + count))
        self.slots[index].serving = min(self.slots[index].serving, start / self.blocks.cut * self.blocks.cut)
        return .discard(slot, from: start, count: count)
    }

    /// Takes a slot back and keeps what it holds for a later prompt that begins alike.
    public mutating func release(_ slot: SlotID) {
        self.useCounter += 1
        self.slots[Int(slot.rawValue)].owner = nil
        self.slots[Int(slot.rawValue)].lastUse = self.useCounter
    }

    /// Takes a slot back whose contents cannot be trusted.
    public mutating func releaseAndForget(_ slot: SlotID) -> MemoryOp {
        self.release(slot)
        self.slots[Int(slot.rawValue)].tokens = []
        self.slots[Int(slot.rawValue)].serving = 0
        self.slots[Int(slot.rawValue)].leastLength = 0
        return .clear(slot)
    }

    /// Notes that a slot in use does not hold what it should.
    mutating func lost(_ slot: SlotID) -> MemoryOp {
        self.slots[Int(slot.rawValue)].tokens = []
        self.slots[Int(slot.rawValue)].serving = 0
        self.slots[Int(slot.rawValue)].leastLength = 0
        return .clear(slot)
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

    /// Forgets what a context left in slots that no request is using, and what is kept for it outside.
    public mutating func forget(_ context: ContextID) -> [MemoryOp] {
        let cleared = self.slots.indices.compactMap { index -> MemoryOp? in
            let slot = self.slots[index]
            guard slot.owner == nil, slot.context == context, !slot.tokens.isEmpty else { return nil }
            return self.releaseAndForget(SlotID(Int32(index)))
        }
        return cleared + self.parked.removeAll(of: context).map { .drop($0) }
    }

    // MARK: Prefixes outside of the cache

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

    /// Slots up to the last one that is in use.
    var slotsInUse: Int { (self.slots.lastIndex { $0.owner != nil } ?? -1) + 1 }

    /// Notes a new shape of the cache. What is in use must fit; what is idle and does not is parked.
    public mutating func resize(to geometry: CacheGeometry) -> [MemoryOp] {
        // Where a part of what was moved is of no use, idle slots are parked as a whole.
        let canTrimMoved = self.limits.canTrimMoved
        var ops: [MemoryOp] = []
        for index in self.slots.indices where self.slots[index].owner == nil {
            let fits = index < geometry.slots && self.slots[index].tokens.count <= geometry.cellsPerSlot
            guard !fits || !canTrimMoved else { continue }
            if self.reusable(of: self.slots[index]) >= Self.leastParked { ops += self.park(SlotID(Int32(index)), sparing: nil) }
            self.slots[index] = Slot()
        }
        self.geometry = geometry
        if self.slots.count > geometry.slots {
            self.slots.removeLast(self.slots.count - geometry.slots)
        } else {
            self.slots += Array(repeating: Slot(), count: geometry.slots - self.slots.count)
        }
        if !canTrimMoved {
            for index in self.slots.indices { self.slots[index].leastLength = self.slots[index].tokens.count }
        }
        let kept = self.slots.indices.filter { !self.slots[$0].tokens.isEmpty }
        return ops + [.resize(geometry, keeping: kept.map { SlotID(Int32($0)) })]
    }
}
