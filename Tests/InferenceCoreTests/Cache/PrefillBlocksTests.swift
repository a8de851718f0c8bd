import InferenceCore
import Testing

@Suite("PrefillBlocks")
struct PrefillBlocksTests {
    @Test(
        "the last chunk of a prompt",
        arguments: [(0, 0), (1, 0), (15, 0), (16, 0), (31, 0), (32, 16), (33, 16), (47, 16), (48, 32), (64, 48), (1_000, 976)]
    )
    func lastChunk(count: Int, start: Int) {
        #expect(PrefillBlocks.lastChunkStart(promptCount: count) == start)
    }

    @Test("starts at a block and holds 16 to 31 tokens, or the whole of a short prompt")
    func lastChunkSize() {
        for count in 1...2_000 {
            let start = PrefillBlocks.lastChunkStart(promptCount: count)
            #expect(start % 16 == 0)
            #expect(count < 16 ? start == 0 : (16...31).contains(count - start))
        }
    }

    @Test("counts are rounded down to whole blocks", arguments: [(0, 0), (15, 0), (16, 16), (31, 16), (32, 32)])
    func floor(count: Int, blocks: Int) {
        #expect(PrefillBlocks.floor(count) == blocks)
    }
}
