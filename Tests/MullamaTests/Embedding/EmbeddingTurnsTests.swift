import InferenceCore
import Testing

@testable import Mullama

@Suite("Turns of embeddings beside the engine's steps")
struct EmbeddingTurnsTests {
    private static func turns(
        _ priority: RequestPriority = .normal,
        hasPrompts: Bool = false,
        isBusy: Bool = false,
        count: Int = 8
    ) -> [Bool] {
        var turns = EmbeddingTurns()
        return (0..<count).map { _ in turns.next(priority, hasPrompts: hasPrompts, isBusy: isBusy) }
    }

    @Test("a part in each step, and in each second one beside prompts")
    func alternating() {
        #expect(Self.turns(isBusy: true).allSatisfy { $0 })
        #expect(Self.turns(hasPrompts: true, isBusy: true) == [true, false, true, false, true, false, true, false])
    }

    @Test("batch calls have a part in each fourth step beside generations")
    func batch() {
        #expect(Self.turns(.batch, isBusy: true) == [false, false, false, true, false, false, false, true])
        #expect(Self.turns(.batch).allSatisfy { $0 })
    }

    @Test("a prompt that comes is computed in the next step")
    func newPrompt() {
        var turns = EmbeddingTurns()
        let before = turns.next(.normal, hasPrompts: false, isBusy: true)
        let after = turns.next(.normal, hasPrompts: true, isBusy: true)
        #expect(before && !after)
    }
}
