/// Prefixes that are kept outside of the cache, in compact form, within a budget.
///
/// What is let go of when room is needed follows the greedy-dual rule (N. Young, "The k-server dual and loose competitiveness for paging",
/// Algorithmica 11, 1994): each prefix has a credit of the tokens that it spares, which counts from what had to go last; the smallest credit goes.
/// So the least recently used goes first, and a larger saving is kept longer.
struct ParkedPrefixes: Sendable {
    struct Entry: Sendable, Equatable {
        var tokens: [Token]
        var context: ContextID
        var isStrict: Bool
        /// Somebody asked for it to be kept; only that one's word lets go of it.
        var isPinned: Bool
        fileprivate var credit: Int
    }

    private(set) var entries: [ParkID: Entry] = [:]
    /// The most tokens of prefixes that nobody asked for.
    private let budget: Int
    private var inflation = 0
    private var lastID: UInt64 = 0

    init(budget: Int) {
        self.budget = budget
    }

    /// The same without anything in it. Numbers are not used again.
    var emptied: Self {
        var emptied = Self(budget: self.budget)
        emptied.lastID = self.lastID
        return emptied
    }

    var inOrder: [(id: ParkID, entry: Entry)] {
        self.entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Tokens of prefixes that nobody asked for.
    private var parked: Int { self.entries.values.reduce(0) { $0 + ($1.isPinned ? 0 : $1.tokens.count) } }

    mutating func pin(_ tokens: [Token], for context: ContextID, isStrict: Bool) -> ParkID {
        self.insert(tokens, context, isStrict: isStrict, isPinned: true)
    }

    /// Takes a prefix in if the budget allows it.
    ///
    /// - Parameter needed: What must stay in any case.
    /// - Returns: Its number if it is to be kept, and those that had to go.
    mutating func park(
        _ tokens: [Token],
        for context: ContextID,
        isStrict: Bool,
        sparing needed: PrefixSource? = nil
    ) -> (
        id: ParkID?, dropped: [ParkID]
    ) {
        guard tokens.count <= self.budget else { return (nil, []) }
        // A shorter one that this one begins with can do nothing that this one cannot.
        var dropped = self.evictable(sparing: needed).filter { id, entry in entry.context == context && tokens.starts(with: entry.tokens) }
            .map(\.key)
        for id in dropped { self.entries[id] = nil }
        while self.parked + tokens.count > self.budget, let poorest = self.poorest(sparing: needed) {
            self.inflation = self.entries[poorest]?.credit ?? self.inflation
            self.entries[poorest] = nil
            dropped.append(poorest)
        }
        let id = self.parked + tokens.count <= self.budget ? self.insert(tokens, context, isStrict: isStrict, isPinned: false) : nil
        return (id, dropped.sorted())
    }

    mutating func used(_ id: ParkID) {
        guard let count = self.entries[id]?.tokens.count else { return }
        self.entries[id]?.credit = self.inflation + count
    }

    /// - Returns: Whether it was there.
    @discardableResult
    mutating func remove(_ id: ParkID) -> Bool {
        self.entries.removeValue(forKey: id) != nil
    }

    mutating func removeAll(of context: ContextID) -> [ParkID] {
        let ids = self.entries.filter { $0.value.context == context }.keys.sorted()
        for id in ids { self.entries[id] = nil }
        return ids
    }

    mutating func removeUnpinned() -> [ParkID] {
        let ids = self.entries.filter { !$0.value.isPinned }.keys.sorted()
        for id in ids { self.entries[id] = nil }
        return ids
    }

    private mutating func insert(_ tokens: [Token], _ context: ContextID, isStrict: Bool, isPinned: Bool) -> ParkID {
        self.lastID += 1
        let id = ParkID(self.lastID)
        self.entries[id] = Entry(
            tokens: tokens,
            context: context,
            isStrict: isStrict,
            isPinned: isPinned,
            credit: self.inflation + tokens.count
        )
        return id
    }

    private func poorest(sparing needed: PrefixSource?) -> ParkID? {
        self.evictable(sparing: needed).min { ($0.value.credit, $0.key) < ($1.value.credit, $1.key) }?.key
    }

    private func evictable(sparing needed: PrefixSource?) -> [ParkID: Entry] {
        self.entries.filter { !$0.value.isPinned && needed != .kept($0.key) }
    }
}
