import Foundation
import InferenceCore
import Testing

@testable import Mullama

/// A model whose tokens all look at all others, computed by llama.cpp itself.
@Suite("An encoder", .needsModel, .serialized, .timeLimit(.minutes(2)))
struct EncoderTests {
    private static let long = (0..<200).map { ["ab", "cde", "f", "ghij"][$0 % 4] }.joined(separator: " ")

    private static func withModel(pooling: UInt32?, _ body: (AsyncModel) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "mullama-\(UUID().uuidString).gguf")
        try TinyEncoder.write(to: url, pooling: pooling)
        defer { try? FileManager.default.removeItem(at: url) }
        let model = try await AsyncModel.load(contentsOf: url, ModelParams(threads: 1, tuning: .off))
        try await body(model)
        await model.close()
    }

    @Test("embeds texts, each the same alone and in a list, and pools as its file says", arguments: [UInt32?.none, 1, 2, 3])
    func embeds(_ pooling: UInt32?) async throws {
        try await Self.withModel(pooling: pooling) { model in
            let texts = ["abc de", "f", Self.long, "de abc"]
            var alone: [Embedding] = []
            for text in texts { alone += try await model.embed([text]) }
            let embeddings = try await model.embed(texts)
            #expect(embeddings == alone)
            #expect(embeddings.allSatisfy { $0.vector.count == TinyEncoder.width })
            #expect(Set(embeddings.map(\.vector)).count == texts.count)
            // [CLS] and [SEP] are among them.
            #expect(embeddings[0].promptTokens == 7)
        }
    }

    @Test("the token at the end stays where a text is cut")
    func truncated() async throws {
        try await Self.withModel(pooling: 1) { model in
            let embeddings = try await model.embed([Self.long], options: EmbeddingOptions(truncate: true, contextSize: 20))
            var tokens = try await model.tokenize(Self.long)
            let ending = try #require(tokens.last)
            tokens = tokens.prefix(19) + [ending]
            #expect(try await model.embed(tokens: [tokens]) == embeddings)
        }
    }

    @Test("a text longer than the model's positions is refused, not computed")
    func tooLong() async throws {
        try await Self.withModel(pooling: 1) { model in
            let text = String(repeating: "a ", count: TinyEncoder.contextSize)
            await #expect {
                _ = try await model.embed([text])
            } throws: { error in
                let error = error as? MullamaError
                return error?.code == .contextWindowExceeded && error?.message.contains("514") == true
                    && error?.message.contains("512") == true
            }
        }
    }

    @Test("generates nothing, and says so")
    func generating() async throws {
        try await Self.withModel(pooling: 1) { model in
            #expect(!model.info.canGenerate && model.info.canEmbed)
            #expect(model.info.reproducibility.state == .kept)
            await #expect {
                _ = try await model.generate("abc")
            } throws: { error in
                (error as? MullamaError)?.code == .unsupportedModel
            }
        }
    }

    @Test("a reranker is refused with what it is")
    func reranker() async throws {
        try await Self.withModel(pooling: 4) { model in
            #expect(!model.info.canEmbed)
            await #expect {
                _ = try await model.embed(["abc"])
            } throws: { error in
                (error as? MullamaError)?.code == .unsupportedModel && (error as? MullamaError)?.message.contains("reranker") == true
            }
        }
    }
}
