import InferenceCore
import Testing

@Suite("PrefixReusePolicy")
struct PrefixReusePolicyTests {
    private static let prompt = Array(Token.numbered(0..<100))

    /// A slot that shares `shared` tokens with the prompt and holds `other` after them.
    private static func candidate(_ slot: Int32, shared: Int, other: Int = 0, lastUse: UInt64 = 0) -> PrefixReusePolicy.Candidate {
        .init(slot: SlotID(slot), reusable: ArraySlice(Token.numbered(0..<shared) + Token.numbered(900..<(900 + other))), lastUse: lastUse)
    }

    private static func choose(_ candidates: PrefixReusePolicy.Candidate..., prompt: [Token] = Self.prompt, canTrim: Bool = true) -> [Int]?
    {
        PrefixReusePolicy(canTrim: canTrim).choose(for: prompt, among: candidates).map { [Int($0.slot.rawValue), $0.reused] }
    }

    @Test("without a slot there is no choice")
    func none() {
        #expect(Self.choose() == nil)
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
        #expect(Self.choose(Self.candidate(0, shared: shared)) == [0, reused])
    }

    @Test(
        "the last chunk is always computed",
        arguments: [(100, 80), (97, 80), (96, 80), (95, 64), (32, 16), (31, 0), (16, 0), (1, 0)]
    )
    func lastChunk(count: Int, reused: Int) {
        #expect(Self.choose(Self.candidate(0, shared: 100), prompt: Array(Self.prompt.prefix(count))) == [0, reused])
    }

    @Test("a slot of which little would be left is spared while an empty one is there")
    func spared() {
        #expect(Self.choose(Self.candidate(0, shared: 16, other: 32), Self.candidate(1, shared: 0)) == [1, 0])
        #expect(Self.choose(Self.candidate(0, shared: 16, other: 16), Self.candidate(1, shared: 0)) == [0, 16])
        #expect(Self.choose(Self.candidate(0, shared: 16, other: 32), Self.candidate(1, shared: 0, other: 16)) == [0, 16])
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

    @Test("a cache that cannot be trimmed starts anew")
    func noTrim() {
        #expect(Self.choose(Self.candidate(0, shared: 64), canTrim: false) == [0, 0])
    }
}
