/// Prefixes, and sequences that had to give up their slot, kept outside of the cache in compact form, within a budget.
///
/// What is let go of when room is needed follows the greedy-dual rule (N. Young, "The k-server dual and loose competitiveness for paging",
/// Algorithmica 11, 1994): each prefix has a credit of the tokens that it spares, which counts from what had to go last; the smallest credit goes.
/// So the least recently used goes first, and a larger saving is kept longer.
struct ParkedPrefixes: Sendable {
    struct Entry: Sendable, Equatable {
        var tokens: [Token]
        var context: ContextID
        var isStrict: Bool
        var hold: Hold
        fileprivate var credit: Int
        /// What it takes of the budget.
        fileprivate var size: Int

        /// What of it another prompt can use.
        var reusable: ArraySlice<Token> {
            if case .suspended(let count) = self.hold { self.tokens[..<count] } else { self.tokens[...] }
        }
    }

    /// Why something is kept.
    enum Hold: Sendable, Equatable {
        /// It may spare work.
        case spare
        /// Somebody asked for it; only that one's word lets go of it.
        case pinned
        /// It is all that a request has computed, of which so many tokens serve others.
        case suspended(serving: Int)
    }

    private(set) var entries: [ParkID: Entry] = [:]
    /// The most tokens of prefixes that nobody asked for.
    private let budget: Int
    /// Whether a part of a prefix can be used. If not, a longer one does not serve in place of a shorter one.
    private let canTrim: Bool
    private var inflation = 0
    /// What a prefix takes beside its tokens, in tokens: recurrent states are as large after one token as after a thousand.
    private var fixedSize = 0
    private var lastID: UInt64 = 0

    init(budget: Int, canTrim: Bool = true) {
        self.budget = budget
        self.canTrim = canTrim
    }

    /// The same without anything in it. Numbers are not used again.
    var emptied: Self {
        var emptied = Self(budget: self.budget, canTrim: self.canTrim)
        emptied.lastID = self.lastID
        emptied.fixedSize = self.fixedSize
        return emptied
    }

    var inOrder: [(id: ParkID, entry: Entry)] {
        self.entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What all of it takes, in tokens.
    var size: Int { self.entries.values.reduce(0) { $0 + $1.size } }

    /// What nobody asked for takes of the budget.
    private var parked: Int { self.entries.values.reduce(0) { $0 + ($1.hold == .pinned ? 0 : $1.size) } }

    mutating func pin(_ tokens: [Token], for context: ContextID, isStrict: Bool) -> ParkID {
        self.insert(tokens, context, isStrict: isStrict, .pinned)
    }

    /// Takes in all that a request has computed, if the budget allows it.
    ///
    /// - Returns: Its number and what had to go for it; nil if there is no room.
    mutating func suspend(
        _ tokens: [Token],
        serving: Int,
        for context: ContextID,
        isStrict: Bool
    ) -> (id: ParkID, dropped: [ParkID])? {
        let held = self.entries.values.reduce(0) { if case .suspended = $1.hold { $0 + $1.size } else { $0 } }
        let size = self.fixedSize + tokens.count
        guard size <= self.budget - held else { return nil }
        let dropped = self.makeRoom(for: size, sparing: nil)
        return (self.insert(tokens, context, isStrict: isStrict, .suspended(serving: serving)), dropped)
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
        let size = self.fixedSize + tokens.count
        guard size <= self.budget else { return (nil, []) }
        // A shorter one that this one begins with can do nothing that this one cannot, as long as this one can be cut.
        var dropped = self.evictable(sparing: needed)
            .filter { id, entry in self.canTrim && entry.context == context && tokens.starts(with: entry.tokens) }
            .map(\.key)
        for id in dropped { self.entries[id] = nil }
        dropped += self.makeRoom(for: size, sparing: needed)
        let id = self.parked + size <= self.budget ? self.insert(tokens, context, isStrict: isStrict, .spare) : nil
        return (id, dropped.sorted())
    }

    private mutating func makeRoom(for size: Int, sparing needed: PrefixSource?) -> [ParkID] {
        var dropped: [ParkID] = []
        while self.parked + size > self.budget, let poorest = self.poorest(sparing: needed) {
            self.inflation = self.entries[poorest]?.credit ?? self.inflation
            self.entries[poorest] = nil
            dropped.append(poorest)
        }
        return dropped
    }

    /// Notes what a prefix really takes, in tokens.
    mutating func took(_ id: ParkID, _ size: Int) {
        guard let count = self.entries[id]?.tokens.count else { return }
        self.entries[id]?.size = size
        self.fixedSize = max(0, size - count)
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

    /// Removes what is kept for a context and is no request's.
    mutating func removeAll(of context: ContextID) -> [ParkID] {
        self.removeAll { $0.context == context && ($0.hold == .spare || $0.hold == .pinned) }
    }

    mutating func removeSpare() -> [ParkID] {
        self.removeAll { $0.hold == .spare }
    }

    private mutating func removeAll(where isMeant: (Entry) -> Bool) -> [ParkID] {
        let ids = self.entries.filter { isMeant($0.value) }.keys.sorted()
        for id in ids { self.entries[id] = nil }
        return ids
    }

    private mutating func insert(_ tokens: [Token], _ context: ContextID, isStrict: Bool, _ hold: Hold) -> ParkID {
        self.lastID += 1
        let id = ParkID(self.lastID)
        self.entries[id] = Entry(
            tokens: tokens,
            context: context,
            isStrict: isStrict,
            hold: hold,
            credit: self.inflation + tokens.count,
            size: self.fixedSize + tokens.count
        )
        return id
    }

    private func poorest(sparing needed: PrefixSource?) -> ParkID? {
        self.evictable(sparing: needed).min { ($0.value.credit, $0.key) < ($1.value.credit, $1.key) }?.key
    }

    private func evictable(sparing needed: PrefixSource?) -> [ParkID: Entry] {
        self.entries.filter { $0.value.hold == .spare && needed != .kept($0.key) }
    }
}
