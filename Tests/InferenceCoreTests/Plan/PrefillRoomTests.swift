import Testing

@testable import InferenceCore

@Suite("PrefillRoom")
struct PrefillRoomTests {
    /// A machine that needs this much for 16 prompt tokens and for a decode batch, whatever their depth.
    private static func cost(block: Duration, decode: Duration = .milliseconds(10)) -> StepCostModel {
        var cost = StepCostModel()
        for blocks in [1, 2, 4, 8, 16, 3, 6, 9] {
            let tokens = blocks * PrefillBlocks.size
            let plan = StepPlan(
                decode: [.init(request: RequestID(2), slot: SlotID(1), token: 1, position: 0)],
                prefill: [
                    .init(request: RequestID(1), slot: SlotID(0), tokens: Token.numbered(0..<tokens)[...], position: 0, isLast: false)
                ]
            )
            cost.learn(StepOutcome(decodeTime: decode, prefillTime: block * blocks), from: plan)
        }
        return cost
    }

    private static func tokens(_ policy: PrefillPolicy = PrefillPolicy(), cost: StepCostModel, rows: Int) -> Int {
        PrefillRoom(policy, cost: cost, decodeDepths: Array(repeating: 0, count: rows)).tokens(after: 0)
    }

    @Test("nothing measured: a lone prompt gets its chunk, one beside decode rows a single block")
    func unmeasured() {
        #expect(Self.tokens(cost: StepCostModel(), rows: 0) == 64)
        #expect(Self.tokens(cost: StepCostModel(), rows: 1) == 16)
    }

    @Test(
        "beside decode rows it is what fits the stall, in whole blocks and never less than one",
        arguments: [
            // milliseconds of a block, of the decode batch, tokens within 100 ms
            (16, 10, 80), (16, 50, 48), (16, 99, 16), (16, 200, 16), (8, 20, 160), (1, 1, 256), (500, 1, 16),
        ]
    )
    func beside(block: Int, decode: Int, tokens: Int) {
        #expect(Self.tokens(cost: Self.cost(block: .milliseconds(block), decode: .milliseconds(decode)), rows: 1) == tokens)
    }

    @Test("alone it is at least the lone chunk and at most the largest", arguments: [(16, 96), (160, 64), (1, 256)])
    func alone(block: Int, tokens: Int) {
        #expect(Self.tokens(cost: Self.cost(block: .milliseconds(block)), rows: 0) == tokens)
    }

    @Test("each of the policy's settings counts")
    func settings() {
        let cost = Self.cost(block: .milliseconds(16))
        #expect(Self.tokens(PrefillPolicy(maxStall: .milliseconds(60)), cost: cost, rows: 1) == 48)
        #expect(Self.tokens(PrefillPolicy(largestChunk: 32), cost: cost, rows: 1) == 32)
        #expect(Self.tokens(PrefillPolicy(maxStall: .zero, loneChunk: 32), cost: cost, rows: 0) == 32)
        #expect(Self.tokens(PrefillPolicy(maxStall: .zero, largestChunk: 1, loneChunk: 1), cost: cost, rows: 0) == 16)
    }

    @Test("what is taken is gone, and the end of a prompt fits or not as it is long")
    func taking() {
        var room = PrefillRoom(PrefillPolicy(), cost: Self.cost(block: .milliseconds(16)), decodeDepths: [0])
        room.take(.init(request: RequestID(1), slot: SlotID(0), tokens: Token.numbered(0..<48)[...], position: 0, isLast: false))
        #expect(room.tokens(after: 0) == 32)
        #expect(room.fits(31, after: 48))
        room.take(.init(request: RequestID(1), slot: SlotID(0), tokens: Token.numbered(48..<79)[...], position: 48, isLast: true))
        #expect(room.tokens(after: 0) == 0)
        #expect(!room.fits(16, after: 0))
    }

    @Test("a prompt that is computed within the longest stall has room whatever the decode rows take, a longer one has not")
    func widening() {
        var room = PrefillRoom(PrefillPolicy(), cost: Self.cost(block: .milliseconds(16), decode: .milliseconds(60)), decodeDepths: [0])
        #expect(room.tokens(after: 0) == 32)
        room.widen(for: 112, after: 0)
        #expect(room.tokens(after: 0) == 32)
        room.widen(for: 80, after: 0)
        #expect(room.fits(80, after: 0))
        #expect(!room.fits(112, after: 0))
        // Prompts share the stall.
        room.take(.init(request: RequestID(1), slot: SlotID(0), tokens: Token.numbered(0..<48)[...], position: 0, isLast: true))
        room.widen(for: 64, after: 0)
        #expect(!room.fits(64, after: 0))
        room.widen(for: 32, after: 0)
        #expect(room.fits(32, after: 0))
    }

    @Test("what a short prompt is given beyond the room leaves none to a longer one after it")
    func wideningForOne() {
        var room = PrefillRoom(PrefillPolicy(), cost: Self.cost(block: .milliseconds(16), decode: .milliseconds(60)), decodeDepths: [0])
        room.widen(for: 48, after: 0)
        room.take(.init(request: RequestID(1), slot: SlotID(0), tokens: Token.numbered(0..<48)[...], position: 0, isLast: true))
        #expect(room.tokens(after: 0) == 0)
    }

    @Test("as long as nothing was measured, nothing has more room")
    func wideningBlindly() {
        var room = PrefillRoom(PrefillPolicy(), cost: StepCostModel(), decodeDepths: [0])
        room.widen(for: 32, after: 0)
        #expect(!room.fits(32, after: 0))
    }
}
