import Foundation
import ModelStore
import Testing

/// The default model, where the set-up script has brought it.
@Suite struct RealModelTests {
    private static var file: URL? {
        (try? ModelStore().resolve("smollm2:135m"))?.url
    }

    @Test(.enabled(if: RealModelTests.file != nil, "smollm2:135m is not in the store; `make setup` brings it"))
    func headerOfTheDefaultModel() throws {
        let header = try GGUFHeader(contentsOf: try #require(Self.file))
        #expect(header.architecture == "llama")
        #expect(header.layerCount == 30)
        #expect(header.headCount == 9)
        #expect(header.headCountKV == 3)
        #expect(header.keyLength == 64)
        #expect(header.embeddingLength == 576)
        #expect(header.trainingContextSize == 8192)
        #expect(header.vocabularySize == 49_152)
        #expect(header.fileType?.description == "Q4_1")
        #expect(header.parameterCount == 134_515_008)
        #expect(header.tensors.count == 272)
        #expect(header.chatTemplate?.contains("<|im_start|>") == true)
        #expect(try header.loadArray("tokenizer.ggml.tokens")?.strings?.count == 49_152)
    }
}
