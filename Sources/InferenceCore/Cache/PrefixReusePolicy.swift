/// Decides in which slot a prompt starts and where its computed beginning comes from. Pure: it looks, and changes nothing.
public struct PrefixReusePolicy: Sendable {
    /// One slot that could take the prompt.
    public struct Candidate: Sendable, Equatable {
        public var slot: SlotID
        /// Tokens of the prompt that it holds and that need not be computed.
        public var shared: Int
        /// All tokens that it holds and that a later prompt could use.
        public var worth: Int
        /// When the slot was last in use; larger is later.
        public var lastUse: UInt64

        public init(slot: SlotID, shared: Int, worth: Int, lastUse: UInt64) {
            self.slot = slot
            self.shared = shared
            self.worth = worth
            self.lastUse = lastUse
        }
    }

    /// A prefix that can be copied into a slot.
    public struct Source: Sendable, Equatable {
        public var source: PrefixSource
        /// Tokens of the prompt that need not be computed.
        public var shared: Int

        public init(_ source: PrefixSource, shared: Int) {
            self.source = source
            self.shared = shared
        }
    }

    public struct Choice: Sendable, Equatable {
        public var slot: SlotID
        /// Tokens of the prompt that need not be computed.
        public var reused: Int
        /// Where they come from, if not from the slot itself.
        public var source: PrefixSource?
    }

    /// Where a prefix can be reused.
    var blocks = PrefillBlocks.standard

    public init() {}

    /// Rules, first match wins:
    /// 1. the slot that shares the most, in place, if no copy shares more and the slot would lose at most half of what it is worth;
    /// 2. a copy of the source that shares the most, into the slot with the least to lose;
    /// 3. the slot with the least to lose: the first one that is worth nothing, so that slots in use stand side by side, else the one that was
    ///    not used for the longest time.
    ///
    /// - Parameter sources: May name candidates: what is copied from a slot stays there.
    public func choose(among candidates: [Candidate], sources: [Source] = []) -> Choice? {
        let best = candidates.max { ($0.shared, $1.lastUse) < ($1.shared, $0.lastUse) }
        guard let best else { return nil }
        let copy = sources.max { $0.shared < $1.shared }
        let isInPlace = best.shared > 0 && best.shared >= copy?.shared ?? 0
        if isInPlace, best.shared * 2 >= best.worth { return Choice(slot: best.slot, reused: best.shared) }

        let source = copy.flatMap { $0.shared > 0 ? $0.source : nil }
        let target = candidates.filter { source != .slot($0.slot) }.min {
            ($0.worth == 0 ? 0 : 1, $0.worth == 0 ? 0 : $0.lastUse, $0.slot) < (
                $1.worth == 0 ? 0 : 1, $1.worth == 0 ? 0 : $1.lastUse, $1.slot
            )
        }
        guard let target else { return Choice(slot: best.slot, reused: best.shared) }
        guard let source, let copy, copy.shared > target.shared else { return Choice(slot: target.slot, reused: target.shared) }
        return Choice(slot: target.slot, reused: copy.shared, source: source)
    }

    /// How many tokens of a prompt need not be computed if `cached` is there: whole blocks, and never all of it.
    public func reuse(of cached: some Collection<Token>, by prompt: [Token]) -> Int {
        self.blocks.floor(self.common(cached, prompt))
    }

    /// How many tokens two prompts have in common that need not be computed for the second.
    func common(_ cached: some Collection<Token>, _ prompt: [Token]) -> Int {
        let limit = self.blocks.mostReused(promptCount: prompt.count)
        return zip(cached, prompt.prefix(limit)).prefix { $0 == $1 }.count
    }
}
