import Testing

@testable import InferenceCore

@Suite("StepCostModel")
struct StepCostModelTests {
    private static func chunk(_ tokens: Int, after depth: Int) -> StepPlan.PrefillChunk {
        .init(request: RequestID(1), slot: SlotID(0), tokens: Token.numbered(0..<tokens)[...], position: depth, isLast: false)
    }

    private static func rows(_ depths: [Int]) -> [StepPlan.DecodeRow] {
        depths.enumerated().map { .init(request: RequestID(UInt64($0 + 1)), slot: SlotID(Int32($0)), token: 1, position: $1) }
    }

    /// A machine that behaves as the model thinks: 2 ms a chunk, 0.5 ms a token, 1 µs for each cached token that one looks at.
    private static func prefillTime(_ tokens: Int, after depth: Int, speed: Double = 1) -> Double {
        (0.002 + 0.0005 * Double(tokens) + 1e-6 * Double(tokens) * (Double(depth) + Double(tokens) / 2)) / speed
    }

    private static func decodeTime(_ depths: [Int]) -> Double {
        0.01 + 0.002 * Double(depths.count) + 2e-6 * Double(depths.reduce(0, +))
    }

    private static func near(_ predicted: Double?, _ expected: Double, within share: Double) -> Bool {
        predicted.map { abs($0 - expected) <= expected * share } ?? false
    }

    @Test("it learns what a chunk, a token and the depth cost")
    func prefill() {
        var cost = StepCostModel()
        for step in 0..<60 {
            let (tokens, depth) = ([16, 64, 32, 128][step % 4], step % 7 * 300)
            let time = Duration.seconds(Self.prefillTime(tokens, after: depth))
            cost.learn(StepOutcome(prefillTime: time), from: StepPlan(prefill: [Self.chunk(tokens, after: depth)]))
        }
        for (tokens, depth) in [(16, 0), (256, 0), (64, 1_500), (16, 3_000)] {
            #expect(Self.near(cost.secondsToPrefill(tokens, after: depth), Self.prefillTime(tokens, after: depth), within: 0.08))
        }
    }

    @Test("it learns what a batch, a row and the depth cost")
    func decode() {
        var cost = StepCostModel()
        for step in 0..<60 {
            let depths = Array(repeating: step % 9 * 200, count: 1 + step % 5 * 3)
            cost.learn(StepOutcome(decodeTime: .seconds(Self.decodeTime(depths))), from: StepPlan(decode: Self.rows(depths)))
        }
        for depths in [[0], [2_000], Array(repeating: 500, count: 16)] {
            #expect(Self.near(cost.secondsToDecode(depths: depths), Self.decodeTime(depths), within: 0.08))
        }
    }

    @Test("a step whose rows are split costs the fixed part of each batch")
    func split() {
        var cost = StepCostModel()
        for step in 0..<60 {
            let rows = Self.rows(Array(repeating: 100, count: 1 + step % 4))
            let batches = rows.count.parts(ofAtMost: 3)
            let time = Self.decodeTime(rows.map(\.position)) + 0.01 * Double(batches - 1)
            let plan = StepPlan(decode: rows, shape: StepShape(decodeBatch: 3))
            cost.learn(StepOutcome(decodeTime: .seconds(time)), from: plan)
        }
        cost.decodeBatch = 3
        let depths = Array(repeating: 100, count: 7)
        #expect(Self.near(cost.secondsToDecode(depths: depths), Self.decodeTime(depths) + 0.02, within: 0.08))
        cost.decodeBatch = .max
        #expect(Self.near(cost.secondsToDecode(depths: depths), Self.decodeTime(depths), within: 0.08))
    }

    /// What steps cost on a machine where each batch looks as deep as its deepest row.
    private static func learnt() -> StepCostModel {
        var cost = StepCostModel()
        for step in 0..<60 {
            let depths = (0...(step % 5)).map { $0 == 0 ? 100 * (step % 7) : 50 }
            let time = 0.005 + 0.005 * Double(depths.count) + 4e-6 * Double(depths.count * (depths.max() ?? 0))
            cost.learn(StepOutcome(decodeTime: .seconds(time)), from: StepPlan(decode: Self.rows(depths)))
        }
        return cost
    }

    @Test(
        "a deep row is computed apart from shallow ones where that pays",
        arguments: [
            ([100, 100, 100, 100, 2_000], Int.max, [4, 1]), ([2_000, 100, 100, 100, 100], Int.max, [1, 4]),
            ([100, 100, 100, 120], Int.max, []), ([1_000, 1_900], Int.max, []),
            ([100, 100, 2_000, 2_000, 2_000, 100, 100], Int.max, [2, 3, 2]),
            ([100, 100, 100, 100], 3, [3, 1]), ([], 3, []),
        ]
    )
    func batches(_ depths: [Int], _ most: Int, _ expected: [Int]) {
        var cost = Self.learnt()
        cost.decodeBatch = most
        #expect(cost.batches(of: depths) == expected)
    }

    @Test("rows are computed in batches of the largest size where nothing was measured yet")
    func unmeasured() {
        var cost = StepCostModel()
        #expect(cost.batches(of: [1, 5_000, 3]) == [])
        cost.decodeBatch = 2
        #expect(cost.batches(of: [1, 5_000, 3]).allSatisfy { $0 <= 2 })
    }

    @Test(
        "rows are split as equally as can be",
        arguments: [(7, 3, [2, 2, 3]), (8, 8, [8]), (9, 4, [3, 3, 3]), (0, 3, []), (3, 1, [1, 1, 1])]
    )
    func parts(_ count: Int, _ size: Int, _ expected: [Int]) {
        #expect(Array(0..<count).split(intoAtMost: size).map(\.count) == expected)
    }

    @Test("several chunks of a step are learnt together")
    func together() {
        var cost = StepCostModel()
        for _ in 0..<40 {
            let chunks = [Self.chunk(16, after: 0), Self.chunk(64, after: 512), Self.chunk(32, after: 64)]
            let time = chunks.reduce(0) { $0 + Self.prefillTime($1.tokens.count, after: $1.position) }
            cost.learn(StepOutcome(prefillTime: .seconds(time)), from: StepPlan(prefill: chunks))
            let alone = Self.chunk(128, after: 128)
            cost.learn(StepOutcome(prefillTime: .seconds(Self.prefillTime(128, after: 128))), from: StepPlan(prefill: [alone]))
        }
        #expect(Self.near(cost.secondsToPrefill(64, after: 0), Self.prefillTime(64, after: 0), within: 0.25))
    }

    @Test("chunks of one size: a larger one is taken to cost as much more as it is larger")
    func care() throws {
        var cost = StepCostModel()
        for _ in 0..<30 { cost.learn(StepOutcome(prefillTime: .milliseconds(16)), from: StepPlan(prefill: [Self.chunk(16, after: 0)])) }
        #expect(Self.near(cost.secondsToPrefill(16, after: 0), 0.016, within: 0.02))
        #expect(try #require(cost.secondsToPrefill(64, after: 0)) > 0.055)
    }

    @Test("a slower machine is believed within some steps, one slow step is not")
    func change() throws {
        var cost = StepCostModel()
        func learn(_ steps: Int, speed: Double) {
            for step in 0..<steps {
                let tokens = [16, 32, 64][step % 3]
                let time = Duration.seconds(Self.prefillTime(tokens, after: 0, speed: speed))
                cost.learn(StepOutcome(prefillTime: time), from: StepPlan(prefill: [Self.chunk(tokens, after: 0)]))
            }
        }
        learn(60, speed: 1)
        learn(1, speed: 0.01)
        #expect(try #require(cost.secondsToPrefill(64, after: 0)) < Self.prefillTime(64, after: 0) * 1.5)
        learn(90, speed: 0.25)
        #expect(Self.near(cost.secondsToPrefill(64, after: 0), Self.prefillTime(64, after: 0, speed: 0.25), within: 0.2))
    }

    @Test("what was not measured is not learnt")
    func nothingToLearn() {
        var cost = StepCostModel()
        cost.learn(StepOutcome(decodeTime: .seconds(1), prefillTime: .seconds(1)), from: StepPlan())
        #expect(cost.secondsToDecode(depths: [5]) == nil)
        #expect(cost.secondsToPrefill(16, after: 0) == nil)
        cost.learn(StepOutcome(prefillTime: .zero), from: StepPlan(prefill: [Self.chunk(16, after: 0)]))
        #expect(cost.secondsToPrefill(16, after: 0) == nil)
        #expect(cost.secondsToDecode(depths: []) == 0)
    }
}
