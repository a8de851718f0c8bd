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
