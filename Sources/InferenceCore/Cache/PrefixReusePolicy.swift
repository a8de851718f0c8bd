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

    public struct Choice: Sendable, Equatable {
        public var slot: SlotID
        /// Tokens of the prompt that need not be computed.
        public var reused: Int
    }

    /// Whether the cache can forget the end of a sequence. Recurrent models cannot, so they start anew.
    public var canTrim: Bool

    public init(canTrim: Bool) {
        self.canTrim = canTrim
    }

    /// Rules, first match wins:
    /// 1. the slot that shares the most, if that is at least half of what it would still be worth to others;
    /// 2. a slot with nothing to lose;
    /// 3. the slot that shares the most, the one unused for the longest time among equals.
    public func choose(for prompt: [Token], among candidates: [Candidate]) -> Choice? {
        let shared = candidates.map { Choice(slot: $0.slot, reused: self.reuse(of: $0.reusable, by: prompt)) }
        let order = candidates.indices.sorted { lhs, rhs in
            if shared[lhs].reused != shared[rhs].reused { return shared[lhs].reused > shared[rhs].reused }
            return candidates[lhs].lastUse < candidates[rhs].lastUse
        }
        guard let best = order.first else { return nil }
        if shared[best].reused > 0, shared[best].reused * 2 >= candidates[best].reusable.count {
            return shared[best]
        }
        if let empty = candidates.firstIndex(where: { $0.reusable.isEmpty }) {
            return shared[empty]
        }
        return shared[best]
    }

    func reuse(of cached: ArraySlice<Token>, by prompt: [Token]) -> Int {
        guard self.canTrim else { return 0 }
        let limit = PrefillBlocks.lastChunkStart(promptCount: prompt.count)
        let common = zip(cached, prompt.prefix(limit)).prefix { $0 == $1 }.count
        return PrefillBlocks.floor(common)
    }
}
