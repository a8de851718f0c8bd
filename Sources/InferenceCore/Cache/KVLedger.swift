/// What each slot of the KV cache holds. It mirrors the C library's memory and decides on changes; the backend makes them.
public struct KVLedger: Sendable {
    struct Slot: Sendable, Equatable {
        var owner: RequestID?
        /// The context that last used the slot.
        var context: ContextID?
        /// Tokens that stand in the cache, in order.
        var tokens: [Token] = []
        /// How many of them were computed in whole blocks.
        var reusable = 0
        var lastUse: UInt64 = 0
    }

    /// A prefix outside of the cache.
    struct Kept: Sendable, Equatable {
        var prefix: PrefixReusePolicy.Kept
        var context: ContextID
    }

    public private(set) var geometry: CacheGeometry = .none
    private(set) var slots: [Slot] = []
    private(set) var kept: [ParkID: Kept] = [:]
    private let policy: PrefixReusePolicy
    private var useCounter: UInt64 = 0

    public init(policy: PrefixReusePolicy) {
        self.policy = policy
    }

    /// The same without anything in it.
    var emptied: KVLedger { KVLedger(policy: self.policy) }

    func length(of slot: SlotID) -> Int { self.slots[Int(slot.rawValue)].tokens.count }

    /// Tokens in the cache for each slot that is in use, for checks against the C library.
    public var busyLengths: [(slot: SlotID, length: Int)] {
        self.slots.indices.compactMap { index in
            self.slots[index].owner == nil ? nil : (SlotID(Int32(index)), self.slots[index].tokens.count)
        }
    }

    /// Gives a request a slot for its prompt, or nil when all are in use.
    ///
    /// - Returns: The slot, the number of prompt tokens that it already holds, and what must be done to it first.
    public mutating func acquire(for request: GenerationRequest) -> (slot: SlotID, reused: Int, op: MemoryOp?)? {
        let candidates = self.slots.indices.compactMap { index -> PrefixReusePolicy.Candidate? in
            let slot = self.slots[index]
            guard slot.owner == nil else { return nil }
            return .init(slot: SlotID(Int32(index)), reusable: slot.tokens[..<slot.reusable], lastUse: slot.lastUse)
        }
        let kept = self.kept.values.map(\.prefix).sorted { $0.id < $1.id }.filter { $0.tokens.count <= self.geometry.cellsPerSlot }
        guard let choice = self.policy.choose(for: request.prompt, among: candidates, kept: kept) else { return nil }

        let index = Int(choice.slot.rawValue)
        let held = self.slots[index].tokens.count
        var op: MemoryOp?
        if let source = choice.source {
            op = .restore(source, choice.slot, keeping: choice.reused)
        } else if held > choice.reused {
            op = choice.reused == 0 ? .clear(choice.slot) : .removeTail(choice.slot, from: choice.reused)
        }
        self.slots[index].owner = request.id
        self.slots[index].context = request.context
        self.slots[index].tokens = Array(request.prompt[..<choice.reused])
        self.slots[index].reusable = choice.reused
        return (choice.slot, choice.reused, op)
    }

    /// Notes tokens that a step has put into the cache.
    ///
    /// - Parameter inWholeBlocks: Whether they were computed as whole prefill blocks.
    public mutating func extend(_ slot: SlotID, by tokens: some Collection<Token>, inWholeBlocks: Bool) {
        let index = Int(slot.rawValue)
        if inWholeBlocks, self.slots[index].reusable == self.slots[index].tokens.count {
            self.slots[index].reusable += tokens.count
        }
        self.slots[index].tokens.append(contentsOf: tokens)
    }

    public mutating func discard(_ slot: SlotID, from start: Int, count: Int) -> MemoryOp {
        let index = Int(slot.rawValue)
        self.slots[index].tokens.removeSubrange(start..<(start + count))
        self.slots[index].reusable = min(self.slots[index].reusable, PrefillBlocks.floor(start))
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
        self.slots[Int(slot.rawValue)].reusable = 0
        return .clear(slot)
    }

    /// Forgets what a context left in slots that no request is using, and what was restored for it.
    public mutating func forget(_ context: ContextID) -> [MemoryOp] {
        let cleared = self.slots.indices.compactMap { index -> MemoryOp? in
            let slot = self.slots[index]
            guard slot.owner == nil, slot.context == context, !slot.tokens.isEmpty else { return nil }
            return self.releaseAndForget(SlotID(Int32(index)))
        }
        let dropped = self.kept.filter { $0.value.context == context }.keys.sorted()
        for id in dropped { self.kept[id] = nil }
        return cleared + dropped.map { .drop($0) }
    }

    // MARK: Prefixes outside of the cache

    /// What a context has computed and may be saved: its slot with the longest reusable prefix, cut to that.
    ///
    /// Its other tokens are worth nothing to a later prompt. They are taken to be removed by whoever takes the prefix out.
    public mutating func cutForSaving(_ context: ContextID) -> (slot: SlotID, tokens: [Token])? {
        let own = self.slots.indices.filter {
            self.slots[$0].owner == nil && self.slots[$0].context == context && self.slots[$0].reusable > 0
        }
        guard let index = own.max(by: { self.slots[$0].reusable < self.slots[$1].reusable }) else { return nil }
        self.slots[index].tokens.removeSubrange(self.slots[index].reusable...)
        return (SlotID(Int32(index)), self.slots[index].tokens)
    }

    /// The longest prefix that was restored for a context.
    public func keptPrefix(of context: ContextID) -> (id: ParkID, tokens: [Token])? {
        self.kept.values.filter { $0.context == context }.map(\.prefix).max { $0.tokens.count < $1.tokens.count }.map { ($0.id, $0.tokens) }
    }

    /// Notes a prefix that the backend was given.
    public mutating func keep(_ prefix: PrefixReusePolicy.Kept, for context: ContextID) {
        self.kept[prefix.id] = Kept(prefix: prefix, context: context)
    }

    /// Notes a new shape of the cache. With another number of slots, everything is forgotten, and none may be in use; otherwise what does
    /// not fit.
    ///
    /// - Parameter canTrimMoved: Whether a later prompt may keep a part of what was moved. If not, idle slots are not worth moving.
    public mutating func resize(to geometry: CacheGeometry, canTrimMoved: Bool = true) -> MemoryOp {
        self.geometry = geometry
        if self.slots.count != geometry.slots {
            self.slots = Array(repeating: Slot(), count: geometry.slots)
        }
        for index in self.slots.indices where self.slots[index].tokens.count > geometry.cellsPerSlot {
            self.slots[index].tokens = []
            self.slots[index].reusable = 0
        }
        if !canTrimMoved {
            for index in self.slots.indices {
                self.slots[index].reusable = 0
                if self.slots[index].owner == nil { self.slots[index].tokens = [] }
            }
        }
        let kept = self.slots.indices.filter { !self.slots[$0].tokens.isEmpty }
        return .resize(geometry, keeping: kept.map { SlotID(Int32($0)) })
    }
}
