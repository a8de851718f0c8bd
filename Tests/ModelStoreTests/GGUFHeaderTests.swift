import Foundation
import ModelStore
import MullamaTestSupport
import Testing

@Suite struct GGUFHeaderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ builder: GGUFBuilder) throws -> GGUFHeader {
        try GGUFHeader(contentsOf: folder.write(builder.build(), to: "model.gguf"))
    }

    @Test(arguments: [UInt32(2), 3]) func factsOfASmallModel(version: UInt32) throws {
        var builder = GGUFBuilder.smallModel()
        builder.version = version
        let header = try read(builder)
        #expect(header.version == Int(version))
        #expect(header.architecture == "llama")
        #expect(header.name == "Small")
        #expect(header.fileType?.description == "Q4_K - Medium")
        #expect(header.dominantTensorType == .q8_0)
        #expect(header.trainingContextSize == 2048)
        #expect(header.embeddingLength == 64)
        #expect(header.layerCount == 2)
        #expect(header.headCounts == [4, 4])
        #expect(header.headCountsKV == [2, 1])
        #expect(header.keyLength == 16)
        #expect(header.valueLength == 16)
        #expect(header.slidingWindow == nil)
        #expect(header.slidingWindowPattern == nil)
        #expect(header.vocabularySize == 3)
        #expect(header.chatTemplate == "{{ messages }}")
        #expect(header.expertCount == nil)
        #expect(header.splitCount == 1)
        #expect(header.kind == "model")
        #expect(header.parameterCount == 64 * 3 + 5)
        #expect(header.weightsSize == 204 + 20)
        #expect(header.double("llama.rope.freq_base") == 10_000)
        #expect(header.bool("tokenizer.ggml.add_bos_token") == true)
        #expect(header.metadata["tokenizer.ggml.tokens"]?.array?.strings == ["<s>", "a", "ß"])
        #expect(header.keys.first == "general.architecture")
        #expect(header.keys.count == header.metadata.count)
        #expect(header.tensors.map(\.name) == ["token_embd.weight", "output_norm.weight"])
        #expect(header.tensors[0].offset == header.dataOffset)
        #expect(header.tensors[1].offset == header.dataOffset + 224)
        #expect(header.fileSize == header.tensors[1].offset + 20)
    }

    @Test func factsOfAModelWithWindowsAndExperts() throws {
        var builder = GGUFBuilder()
        builder.add("general.architecture", "gemma3")
        builder.add("general.type", "model")
        builder.add("gemma3.block_count", UInt32(3))
        builder.add("gemma3.embedding_length", UInt32(640))
        builder.add("gemma3.attention.head_count", UInt32(4))
        builder.add("gemma3.attention.key_length", UInt32(256))
        builder.add("gemma3.attention.value_length", UInt32(128))
        builder.add("gemma3.attention.sliding_window", UInt32(512))
        builder.add("gemma3.attention.sliding_window_pattern", elementType: 7, count: 3, [1, 1, 0])
        builder.add("gemma3.vocab_size", UInt32(99))
        builder.add("gemma3.expert_count", UInt32(8))
        builder.add("gemma3.expert_used_count", [Int32(0), 2, 4])
        builder.add("split.count", type: 2, GGUFBuilder.integer(UInt16(3)))
        builder.add("split.no", type: 2, GGUFBuilder.integer(UInt16(1)))
        let header = try read(builder)
        #expect(header.headCountsKV == [4, 4, 4])
        #expect(header.keyLength == 256)
        #expect(header.valueLength == 128)
        #expect(header.slidingWindow == 512)
        #expect(header.slidingWindowPattern == .layers([true, true, false]))
        #expect(header.vocabularySize == 99)
        #expect(header.expertCount == 8)
        #expect(header.expertUsedCount == 4)
        #expect(header.splitCount == 3)
        #expect(header.splitIndex == 1)
        #expect(header.fileType == nil)
        #expect(header.parameterCount == 0)
    }

    @Test func everyTypeOfNumberIsRead() throws {
        var builder = GGUFBuilder()
        builder.add("u8", type: 0, [0xFE])
        builder.add("i8", type: 1, [0xFE])
        builder.add("u16", type: 2, GGUFBuilder.integer(UInt16.max))
        builder.add("i16", type: 3, GGUFBuilder.integer(Int16.min))
        builder.add("u64", UInt64.max)
        builder.add("i64", type: 11, GGUFBuilder.integer(Int64.min))
        builder.add("f64", type: 12, GGUFBuilder.integer(0.5.bitPattern))
        builder.add(
            "f32s",
            elementType: 6,
            count: 2,
            GGUFBuilder.integer(Float(1.5).bitPattern) + GGUFBuilder.integer(Float(-2).bitPattern)
        )
        builder.add("u64s", elementType: 10, count: 2, GGUFBuilder.integer(UInt64(7)) + GGUFBuilder.integer(UInt64.max))
        builder.add("none", elementType: 4, count: 0, [])
        let header = try read(builder)
        #expect(header.int("u8") == 254)
        #expect(header.int("i8") == -2)
        #expect(header.int("u16") == 65_535)
        #expect(header.int("i16") == -32_768)
        #expect(header.metadata["u64"] == .unsigned(.max))
        #expect(header.int("u64") == nil)
        #expect(header.int("i64") == .min)
        #expect(header.double("f64") == 0.5)
        #expect(header.metadata["f32s"]?.array?.doubles == [1.5, -2])
        #expect(header.ints("f32s") == nil)
        #expect(header.ints("u64s") == nil)
        #expect(header.ints("none") == [])
        #expect(header.string("u8") == nil)
        #expect(header.int("missing") == nil)
    }

    @Test func longArraysAreReadOnDemand() throws {
        // Longer than what is read at once, one by one and together.
        let tokens = (0..<20_000).map { "token\($0)" } + [String(repeating: "x", count: 300_000), "", "last"]
        var builder = GGUFBuilder.smallModel()
        builder.add("tokens", tokens)
        builder.add("last", UInt32(7))
        let header = try read(builder)
        let array = try #require(header.metadata["tokens"]?.array)
        #expect(array.count == tokens.count)
        #expect(!array.isLoaded)
        #expect(array.strings == nil)
        #expect(header.int("last") == 7)
        #expect(try header.loadArray("tokens")?.strings == tokens)
        #expect(try header.loadArray("last") == nil)

        try folder.write(builder.build() + [0], to: "model.gguf")
        #expect { try header.loadArray("tokens") } throws: { ($0 as? ModelStoreError)?.code == .invalidModelFile }
    }

    @Test func factsThatMakeNoSenseAreMissing() throws {
        var builder = GGUFBuilder()
        builder.add("general.architecture", "llama")
        builder.add("llama.block_count", UInt32.max)
        builder.add("llama.embedding_length", Int32(-64))
        builder.add("llama.context_length", UInt64.max)
        builder.add("llama.attention.head_count", UInt32(4))
        builder.add("llama.attention.head_count_kv", [Int32(1), 2])
        builder.add("split.no", UInt64(Int64.max))
        let header = try read(builder)
        #expect(header.headCounts == [])
        #expect(header.headCountsKV == [])
        #expect(header.embeddingLength == nil)
        #expect(header.trainingContextSize == nil)
        #expect(header.keyLength == nil)
        #expect(header.vocabularySize == nil)
    }

    @Test func alignmentOfTheFileIsUsed() throws {
        var builder = GGUFBuilder.smallModel()
        builder.alignment = 128
        builder.add("general.alignment", UInt32(128))
        let header = try read(builder)
        #expect(header.alignment == 128)
        #expect(header.dataOffset % 128 == 0)
        #expect(header.tensors[1].offset == header.dataOffset + 256)
    }

    @Test func invalidTextBecomesReplacementCharacters() throws {
        var builder = GGUFBuilder()
        builder.add("general.name", type: 8, GGUFBuilder.integer(UInt64(2)) + [0x61, 0xFF])
        #expect(try read(builder).name == "a\u{FFFD}")
    }
}
