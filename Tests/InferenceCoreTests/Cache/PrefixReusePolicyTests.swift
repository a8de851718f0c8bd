import InferenceCore
import Testing

@Suite("PrefixReusePolicy")
struct PrefixReusePolicyTests {
    /// A slot that shares `shared` tokens with the prompt and holds `other` after them.
    private static func candidate(_ slot: Int32, shared: Int, other: Int = 0, lastUse: UInt64 = 0) -> PrefixReusePolicy.Candidate {
        .init(slot: SlotID(slot), shared: shared, worth: shared + other, lastUse: lastUse)
    }

    /// - Returns: The slot and the tokens reused; a third number for the slot that they come from.
    private static func choose(_ candidates: PrefixReusePolicy.Candidate..., copies: [(slot: Int32, shared: Int)] = []) -> [Int]? {
        let sources = copies.map { PrefixReusePolicy.Source(.slot(SlotID($0.slot)), shared: $0.shared) }
        guard let choice = PrefixReusePolicy().choose(among: candidates, sources: sources) else { return nil }
        guard case .slot(let source) = choice.source else { return [Int(choice.slot.rawValue), choice.reused] }
        return [Int(choice.slot.rawValue), choice.reused, Int(source.rawValue)]
    }

    private static func reuse(shared: Int, of count: Int) -> Int {
        let cached = Token.numbered(0..<shared) + Token.numbered(900..<950)
        return PrefixReusePolicy().reuse(of: cached, by: Token.numbered(0..<count))
    }

    @Test("without a slot there is no choice")
    func none() {
        #expect(Self.choose() == nil)
        #expect(Self.choose(copies: [(1, 64)]) == nil)
    }

    @Test("an empty slot is taken when nothing is shared, and what is warm stays")
    func empty() {
        #expect(Self.choose(Self.candidate(0, shared: 0, other: 32, lastUse: 1), Self.candidate(1, shared: 0)) == [1, 0])
    }

    @Test("the slot that shares the most wins")
    func most() {
        #expect(Self.choose(Self.candidate(0, shared: 16), Self.candidate(1, shared: 48), Self.candidate(2, shared: 32)) == [1, 48])
    }

    @Test("reuse is cut at whole blocks", arguments: [(15, 0), (16, 16), (31, 16), (32, 32)])
    func blocks(shared: Int, reused: Int) {
        #expect(Self.reuse(shared: shared, of: 100) == reused)
    }

    @Test(
        "the last chunk is always computed",
        arguments: [(100, 80), (97, 80), (96, 80), (95, 64), (32, 16), (31, 0), (16, 0), (1, 0)]
    )
    func lastChunk(count: Int, reused: Int) {
        #expect(Self.reuse(shared: 100, of: count) == reused)
    }

    @Test("a slot of which little would be left is spared: another takes a copy of it, or starts anew")
    func spared() {
        let (large, small) = (Self.candidate(0, shared: 16, other: 32), Self.candidate(0, shared: 16, other: 16))
        #expect(Self.choose(large, Self.candidate(1, shared: 0), copies: [(0, 16)]) == [1, 16, 0])
        #expect(Self.choose(large, Self.candidate(1, shared: 0)) == [1, 0])
        #expect(Self.choose(small, Self.candidate(1, shared: 0), copies: [(0, 16)]) == [0, 16])
        #expect(Self.choose(large, copies: [(0, 16)]) == [0, 16])
    }

    @Test("a copy that shares more than every slot goes where the least is lost")
    func copy() {
        let candidates = [Self.candidate(0, shared: 0, other: 64, lastUse: 2), Self.candidate(1, shared: 16, other: 16, lastUse: 1)]
        #expect(Self.choose(candidates[0], candidates[1], copies: [(7, 48), (8, 64)]) == [1, 64, 8])
        #expect(Self.choose(candidates[0], candidates[1], Self.candidate(2, shared: 0), copies: [(7, 48)]) == [2, 48, 7])
        #expect(Self.choose(candidates[0], candidates[1], copies: [(7, 16)]) == [1, 16])
    }

    @Test("among equals the one that was not used for the longest time goes")
    func oldest() {
        #expect(
            Self.choose(
                Self.candidate(0, shared: 0, other: 16, lastUse: 7),
                Self.candidate(1, shared: 0, other: 64, lastUse: 3),
                Self.candidate(2, shared: 0, other: 16, lastUse: 5)
            ) == [1, 0]
        )
        #expect(Self.choose(Self.candidate(0, shared: 32, lastUse: 2), Self.candidate(1, shared: 32, lastUse: 1)) == [1, 32])
    }
}
