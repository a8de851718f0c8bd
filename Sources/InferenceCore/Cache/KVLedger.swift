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
    var evicted = EvictedPrefixes()
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

    func canCut(_ slot: Slot, to length: Int) -> Bool {
        length == slot.tokens.count || self.limits.canTrim && length >= slot.leastLength
    }

    private func shared(by slot: Slot, _ request: GenerationRequest) -> Int {
        guard slot.context == request.context || !slot.isStrict && !request.isStrict, !request.scoresPrompt else { return 0 }
        return self.policy.reuse(of: slot.tokens[..<self.reusable(of: slot)], by: request.prompt)
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

    /// Forgets what a context left in slots that no request is using, and what is kept for it outside.
    public mutating func forget(_ context: ContextID) -> [MemoryOp] {
        let cleared = self.slots.indices.compactMap { index -> MemoryOp? in
            let slot = self.slots[index]
            guard slot.owner == nil, slot.context == context, !slot.tokens.isEmpty else { return nil }
            return self.releaseAndForget(SlotID(Int32(index)))
        }
        return cleared + self.parked.removeAll(of: context).map { .drop($0) }
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
