import Testing

@testable import InferenceCore

@Suite("PrefillPolicy and StepCostModel")
struct PrefillPolicyTests {
    /// A step with this many prompt tokens.
    private static func plan(_ tokens: Int) -> StepPlan {
        StepPlan(prefill: [
            .init(request: RequestID(1), slot: SlotID(0), tokens: Token.numbered(0..<tokens)[...], position: 0, isLast: false)
        ])
    }

    private static func cost(prefill: Duration, of tokens: Int, decode: Duration? = nil) -> StepCostModel {
        var cost = StepCostModel()
        cost.learn(StepOutcome(decodeTime: decode, prefillTime: prefill), from: Self.plan(tokens))
        return cost
    }

    @Test("nothing measured: a lone prompt gets its chunk, one beside decode rows a single block")
    func unmeasured() {
        let policy = PrefillPolicy()
        #expect(policy.budget(besideDecode: false, cost: StepCostModel()) == 64)
        #expect(policy.budget(besideDecode: true, cost: StepCostModel()) == 16)
        #expect(StepCostModel().prefillTokens(within: .seconds(1), besideDecode: false) == nil)
    }

    @Test(
        "beside decode rows the budget is what fits the stall, in whole blocks and never less than one",
        arguments: [
            // milliseconds of 100 prompt tokens, of the decode batch, budget at 100 ms
            (100, 10, 80), (100, 50, 48), (100, 99, 16), (100, 200, 16), (50, 20, 160), (10, 1, 256), (1_000, 1, 16),
        ]
    )
    func beside(prefill: Int, decode: Int, budget: Int) {
        let cost = Self.cost(prefill: .milliseconds(prefill), of: 100, decode: .milliseconds(decode))
        #expect(PrefillPolicy().budget(besideDecode: true, cost: cost) == budget)
    }

    @Test("alone it is at least the lone chunk and at most the largest", arguments: [(100, 96), (1_000, 64), (10, 256)])
    func alone(prefill: Int, budget: Int) {
        #expect(PrefillPolicy().budget(besideDecode: false, cost: Self.cost(prefill: .milliseconds(prefill), of: 100)) == budget)
    }

    @Test("its three settings count")
    func settings() {
        let cost = Self.cost(prefill: .milliseconds(100), of: 100, decode: .milliseconds(10))
        #expect(PrefillPolicy(maxStall: .milliseconds(60)).budget(besideDecode: true, cost: cost) == 48)
        #expect(PrefillPolicy(largestChunk: 32).budget(besideDecode: true, cost: cost) == 32)
        #expect(PrefillPolicy(maxStall: .zero, loneChunk: 32).budget(besideDecode: false, cost: cost) == 32)
        #expect(PrefillPolicy(maxStall: .zero, largestChunk: 1, loneChunk: 1).budget(besideDecode: false, cost: cost) == 16)
    }

    @Test("a measurement counts a fifth")
    func mean() throws {
        var cost = Self.cost(prefill: .milliseconds(100), of: 100, decode: .milliseconds(10))
        cost.learn(StepOutcome(decodeTime: .milliseconds(20), prefillTime: .milliseconds(200)), from: Self.plan(100))
        #expect(abs(try #require(cost.secondsPerPrefillToken) - 0.0012) < 1e-9)
        #expect(abs(try #require(cost.secondsPerDecodeBatch) - 0.012) < 1e-9)
        #expect(cost.prefillTokens(within: .milliseconds(72), besideDecode: true) == 50)
        #expect(cost.prefillTokens(within: .milliseconds(1), besideDecode: true) == 0)
    }

    @Test("what was not measured is not learnt")
    func nothingToLearn() {
        var cost = StepCostModel()
        cost.learn(StepOutcome(prefillTime: .seconds(1)), from: StepPlan())
        cost.learn(StepOutcome(decodeTime: .seconds(1)), from: StepPlan())
        #expect(cost.secondsPerPrefillToken == nil)
        #expect(cost.secondsPerDecodeBatch == 1)
        cost.learn(StepOutcome(prefillTime: .zero), from: Self.plan(16))
        #expect(cost.prefillTokens(within: .seconds(1), besideDecode: false) == nil)
    }
}
