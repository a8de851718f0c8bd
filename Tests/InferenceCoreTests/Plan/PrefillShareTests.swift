import Testing

@testable import InferenceCore

@Suite("PrefillShare")
struct PrefillShareTests {
    private static let row = StepPlan.DecodeRow(request: RequestID(1), slot: SlotID(0), token: 1, position: 0)

    private static func learn(_ share: inout PrefillShare, decode: Int?, prefill: Int?) {
        share.learn(
            StepOutcome(decodeTime: decode.map { .milliseconds($0) }, prefillTime: prefill.map { .milliseconds($0) }),
            from: StepPlan(decode: decode == nil ? [] : [Self.row])
        )
    }

    @Test("what prompts took beyond their share is made up for by decode batches", arguments: [(0.5, 10), (0.75, 4), (0.9, 2)])
    func owing(part: Double, steps: Int) {
        var share = PrefillShare(part)
        #expect(!share.isOwing)
        Self.learn(&share, decode: 10, prefill: 95)
        var passed = 1
        while share.isOwing {
            Self.learn(&share, decode: 10, prefill: nil)
            passed += 1
        }
        #expect(passed == steps)
    }

    @Test("time that was not used is not saved up: it would become a stall later")
    func noSavings() {
        var share = PrefillShare(0.75)
        for _ in 0..<100 { Self.learn(&share, decode: 10, prefill: nil) }
        Self.learn(&share, decode: 10, prefill: 90)
        #expect(share.isOwing)
    }

    @Test("nobody is owed anything where nobody generates, nor with a share of 1")
    func nobody() {
        var share = PrefillShare(0.75)
        Self.learn(&share, decode: 10, prefill: 90)
        Self.learn(&share, decode: nil, prefill: 900)
        #expect(!share.isOwing)
        var unbounded = PrefillShare(1)
        Self.learn(&unbounded, decode: 1, prefill: 10_000)
        #expect(!unbounded.isOwing)
    }
}
