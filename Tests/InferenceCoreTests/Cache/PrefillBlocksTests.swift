import InferenceCore
import Testing

@Suite("PrefillBlocks")
struct PrefillBlocksTests {
    @Test(
        "the last chunk of a prompt in standard blocks",
        arguments: [(0, 0), (1, 0), (15, 0), (16, 0), (31, 0), (32, 16), (33, 16), (47, 16), (48, 32), (64, 48), (1_000, 976)]
    )
    func lastChunk(count: Int, start: Int) {
        #expect(PrefillBlocks.standard.lastChunkStart(promptCount: count) == start)
    }

    @Test("starts at a block and holds 16 to 31 tokens, or the whole of a short prompt")
    func lastChunkSize() {
        for count in 1...2_000 {
            let start = PrefillBlocks.standard.lastChunkStart(promptCount: count)
            #expect(start % 16 == 0)
            #expect(count < 16 ? start == 0 : (16...31).contains(count - start))
        }
    }

    @Test("in finer blocks it is shorter", arguments: [(1, 8), (4, 8), (4, 16), (1, 1)])
    func finer(cut: Int, least: Int) {
        let blocks = PrefillBlocks(cut: cut, least: least)
        for count in 1...200 {
            let start = blocks.lastChunkStart(promptCount: count)
            #expect(start % cut == 0)
            #expect(count < least ? start == 0 : (least..<(least + cut)).contains(count - start))
        }
    }

    @Test("counts are rounded down to whole blocks", arguments: [(0, 0), (15, 0), (16, 16), (31, 16), (32, 32)])
    func floor(count: Int, blocks: Int) {
        #expect(PrefillBlocks.standard.floor(count) == blocks)
    }

    @Test("no chunk is smaller than a cut, and prefixes are reused at whole cuts, whatever is asked for")
    func clamping() {
        let blocks = PrefillBlocks(cut: 4, least: 3, reuse: 18)
        #expect(blocks.least == 4 && blocks.reuse == 16)
        #expect(PrefillBlocks(cut: 0, least: 0, reuse: 0) == PrefillBlocks(cut: 1, least: 1))
    }

    @Test("models that cannot be cut back keep to the standard, those with a window to reusing whole blocks unless results may differ")
    func fitting() {
        let finer = PrefillBlocks(cut: 4, least: 8)
        #expect(finer.fitting(SchedulerLimits(parallel: 1)) == finer)
        #expect(finer.fitting(SchedulerLimits(parallel: 1, canTrim: false)) == .standard)
        let window = SchedulerLimits(parallel: 1, canTrimMoved: false, window: 512)
        #expect(finer.fitting(window) == PrefillBlocks(cut: 4, least: 8, reuse: 16))
        #expect(PrefillBlocks.relaxed.fitting(window) == .relaxed)
    }
}
