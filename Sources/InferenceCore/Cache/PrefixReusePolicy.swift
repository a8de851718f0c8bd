/// Decides in which slot a prompt starts and how much of what is there it keeps. Pure: it looks, and changes nothing.
public struct PrefixReusePolicy: Sendable {
    /// One slot that could take the prompt.
    public struct Candidate: Sendable, Equatable {
        public var slot: SlotID
        /// Tokens computed in whole blocks, which a prompt that begins with them can keep.
        public var reusable: ArraySlice<Token>
        /// When the slot was last in use; larger is later.
        public var lastUse: UInt64

        public init(slot: SlotID, reusable: ArraySlice<Token>, lastUse: UInt64) {
            self.slot = slot
            self.reusable = reusable
            self.lastUse = lastUse
        }
    }

    /// A prefix that is kept outside of the cache. Where the cache cannot be cut back after a move, it serves only as a whole.
    public struct Kept: Sendable, Equatable {
        public var id: ParkID
        public var tokens: [Token]
        public var servesInPart: Bool

        public init(id: ParkID, tokens: [Token], servesInPart: Bool = true) {
            self.id = id
            self.tokens = tokens
            self.servesInPart = servesInPart
        }
    }

    public struct Choice: Sendable, Equatable {
        public var slot: SlotID
        /// Tokens of the prompt that need not be computed.
        public var reused: Int
        /// Where they come from, if not from the slot itself.
        public var source: ParkID?
    }

    /// Whether the cache can forget the end of a sequence. Recurrent models cannot, so they start anew.
    public var canTrim: Bool

    public init(canTrim: Bool) {
        self.canTrim = canTrim
    }

    /// Rules, first match wins:
    /// 1. a kept prefix that shares more than any slot, in the slot that has the least to lose;
    /// 2. the slot that shares the most, if that is at least half of what it would still be worth to others;
    /// 3. a slot with nothing to lose;
    /// 4. the slot that shares the most, the one unused for the longest time among equals.
    public func choose(for prompt: [Token], among candidates: [Candidate], kept: [Kept] = []) -> Choice? {
        let shared = candidates.map { Choice(slot: $0.slot, reused: self.reuse(of: $0.reusable, by: prompt)) }
        let order = candidates.indices.sorted { lhs, rhs in
            if shared[lhs].reused != shared[rhs].reused { return shared[lhs].reused > shared[rhs].reused }
            return candidates[lhs].lastUse < candidates[rhs].lastUse
        }
        guard let best = order.first else { return nil }
        if let (source, reused) = self.best(of: kept, for: prompt), reused > shared[best].reused {
            let target = candidates.min { ($0.reusable.isEmpty ? 0 : 1, $0.lastUse) < ($1.reusable.isEmpty ? 0 : 1, $1.lastUse) }
            return target.map { Choice(slot: $0.slot, reused: reused, source: source) }
        }
        if shared[best].reused > 0, shared[best].reused * 2 >= candidates[best].reusable.count {
            return shared[best]
        }
        if let empty = candidates.firstIndex(where: { $0.reusable.isEmpty }) {
            return shared[empty]
        }
        return shared[best]
    }

    private func best(of kept: [Kept], for prompt: [Token]) -> (ParkID, reused: Int)? {
        kept.compactMap { prefix -> (ParkID, reused: Int)? in
            let reused = self.reuse(of: prefix.tokens[...], by: prompt)
            guard reused > 0, prefix.servesInPart || reused == prefix.tokens.count else { return nil }
            return (prefix.id, reused)
        }.max { $0.reused < $1.reused }
    }

    func reuse(of cached: ArraySlice<Token>, by prompt: [Token]) -> Int {
        guard self.canTrim else { return 0 }
        let limit = PrefillBlocks.lastChunkStart(promptCount: prompt.count)
        let common = zip(cached, prompt.prefix(limit)).prefix { $0 == $1 }.count
        return PrefillBlocks.floor(common)
    }
}
