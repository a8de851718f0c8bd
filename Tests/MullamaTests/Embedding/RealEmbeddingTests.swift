import InferenceCore
import Testing

@testable import Mullama

@Suite("Embeddings of the real model", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealEmbeddingTests {
    private static let texts = [
        "The cat sat on the mat", "A cat is sitting on a rug", "Quarterly revenue rose by twelve percent", "x",
        String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 12),
    ]

    private static func dot(_ a: Embedding, _ b: Embedding) -> Float {
        zip(a.vector, b.vector).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test("a text's embedding in a list equals that of the text alone, to the bit, also beside a stream")
    func alone() async throws {
        let model = try await RealModel.load(parallel: 2)
        var alone: [Embedding] = []
        for text in Self.texts { alone += try await model.embed([text]) }
        #expect(try await model.embed(Self.texts.reversed()) == alone.reversed())

        let stream = AsyncContext(model).stream("Once upon a time", maxTokens: 60, options: .greedy)
        async let generation = stream.collect()
        #expect(try await model.embed(Self.texts) == alone)
        #expect(try await generation.usage.completionTokens > 0)
        await model.close()
    }

    @Test("dimensions are the first numbers, scaled to unit length; without scaling they are the model's own")
    func dimensions() async throws {
        let model = try await RealModel.load(parallel: 1)
        let text = [Self.texts[0]]
        let raw = try await model.embed(text, options: EmbeddingOptions(normalize: false))[0]
        let cut = try await model.embed(text, options: EmbeddingOptions(dimensions: 64))[0]
        let length = raw.vector.prefix(64).reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(cut.vector.count == 64)
        for (one, other) in zip(cut.vector, raw.vector) { #expect(abs(one - other / length) < 1e-5) }
        // A text is embedded with the token that the model wants before it.
        #expect(try await raw.promptTokens == model.tokenize(text[0]).count)
        await model.close()
    }

    @Test("vectors have unit length, and texts that mean alike are closer to each other")
    func similar() async throws {
        let model = try await RealModel.load(parallel: 1)
        let embeddings = try await model.embed(Array(Self.texts.prefix(3)))
        for embedding in embeddings {
            #expect(embedding.vector.count == model.info.embeddingLength)
            #expect(abs(Self.dot(embedding, embedding) - 1) < 1e-5)
        }
        #expect(Self.dot(embeddings[0], embeddings[1]) > Self.dot(embeddings[0], embeddings[2]))
        await model.close()
    }
}
