import InferenceCore
import Testing

@Suite("Scheduler: finer blocks")
struct SchedulerBlocksTests {
    private static func harness(_ blocks: PrefillBlocks, chunk: Int = 64, window: Int = 0) -> SchedulerHarness {
        var harness = SchedulerHarness(canTrimMoved: window == 0, window: window, chunk: chunk)
        harness.model.followsCells = true
        harness.restrict(to: StepShape(blocks: blocks))
        return harness
    }

    /// The first request's answer is followed by as many tokens that are the second's own.
    private static func nextTurn(of harness: SchedulerHarness, _ more: Int) -> [Token] {
        Token.numbered(0..<61) + harness.tokens[RequestID(1), default: []] + Token.numbered(700..<(700 + more))
    }

    @Test("a prompt that fits into a step is one chunk, whatever its length; with standard blocks its end is another")
    func oneChunk() {
        var finer = Self.harness(PrefillBlocks(cut: 1, least: 8))
        finer.add(.sample(1, prompt: 0..<61))
        finer.run()
        #expect(finer.chunks(of: 1) == [[0, 61]])
        var standard = Self.harness(.standard)
        standard.add(.sample(1, prompt: 0..<61))
        standard.run()
        #expect(standard.chunks(of: 1) == [[0, 32], [32, 29]])
    }

    @Test("beside those who generate a step computes the least chunk, not 16", arguments: [(1, 8), (4, 8), (4, 16)])
    func least(cut: Int, least: Int) throws {
        var harness = Self.harness(PrefillBlocks(cut: cut, least: least))
        harness.model.followsCells = false
        harness.add(.sample(1, prompt: 0..<20, maxTokens: 40))
        harness.step { !$0.text(1).isEmpty }
        harness.add(.sample(2, prompt: 500..<550, maxTokens: 1))
        harness.step { $0.ending(2) != nil }
        let sizes = harness.chunks(of: 2).map { $0[1] }
        #expect(sizes.dropLast().allSatisfy { $0 == least })
        #expect(try least..<(2 * least + cut) ~= #require(sizes.last))
    }

    @Test("a few tokens that served are named as the reason why it were no more; what did not serve is nothing alike")
    func miss() {
        var harness = Self.harness(PrefillBlocks(cut: 1, least: 8))
        harness.add(.sample(1, prompt: 0..<100))
        harness.run()
        for (id, common) in [(2, 5), (3, 0)] as [(UInt64, Int)] {
            var other = GenerationRequest.sample(id, prompt: 0..<100)
            other.prompt.replaceSubrange(common..., with: Token.numbered((1_000 * Int(id))..<(1_000 * Int(id) + 60)))
            harness.add(other)
            harness.run()
        }
        #expect(harness.usage(2)?.cachedTokens == 5)
        #expect(harness.misses[RequestID(2)] == .differs(at: 5))
        #expect(harness.usage(3)?.cachedTokens == 0)
        #expect(harness.misses[RequestID(3)] == .nothingAlike)
    }

    @Test(
        "a prompt is spared all that it has in common with another, as far as it can be cut",
        arguments: [(1, 8, 43), (4, 8, 40), (4, 16, 40)]
    )
    func reuse(cut: Int, least: Int, reused: Int) {
        var harness = Self.harness(PrefillBlocks(cut: cut, least: least))
        harness.add(.sample(1, prompt: 0..<100))
        harness.run()
        var other = GenerationRequest.sample(2, prompt: 0..<100)
        other.prompt.replaceSubrange(43..., with: Token.numbered(800..<860))
        harness.add(other)
        harness.run()
        #expect(harness.usage(2)?.cachedTokens == reused)
        // The same prompt again computes its end only.
        harness.add(.sample(3, prompt: 0..<100))
        harness.run()
        #expect(harness.usage(3)?.cachedTokens == (100 - least) / cut * cut)
        #expect(harness.text(3) == harness.text(1))
    }

    @Test("the whole of a prompt that is shorter than a chunk serves nobody: in more rows it comes out otherwise")
    func short() {
        var harness = Self.harness(PrefillBlocks(cut: 1, least: 8))
        harness.add(.sample(1, prompt: 0..<5))
        harness.run()
        harness.add(.sample(2, prompt: 0..<40))
        harness.run()
        #expect(harness.usage(2)?.cachedTokens == 0)
    }

    @Test("what was generated serves the next turn where results may depend on load, and nowhere else")
    func answers() throws {
        for (blocks, isShared) in [(PrefillBlocks.relaxed, true), (PrefillBlocks(cut: 1, least: 8), false), (.standard, false)] {
            var harness = Self.harness(blocks)
            harness.model.followsCells = false
            harness.add(.sample(1, context: 1, prompt: 0..<61, maxTokens: 30))
            harness.run()
            var turn = GenerationRequest.sample(2, context: 1, prompt: 0..<1)
            turn.prompt = Self.nextTurn(of: harness, 20)
            harness.add(turn)
            harness.run()
            let cached = try #require(harness.usage(2)).cachedTokens
            #expect(isShared ? cached == 61 + 29 : cached <= 61, "\(blocks): \(cached)")
        }
    }

    @Test("with a window prompts are cut finer, and prefixes are reused in whole blocks of 16")
    func window() {
        var harness = Self.harness(PrefillBlocks(cut: 4, least: 8), window: 512)
        harness.add(.sample(1, context: 1, prompt: 0..<100))
        harness.run()
        #expect(harness.chunks(of: 1) == [[0, 64], [64, 36]])
        harness.add(.sample(2, context: 1, prompt: 0..<100))
        harness.run()
        #expect(harness.usage(2)?.cachedTokens == 80)
    }
}
