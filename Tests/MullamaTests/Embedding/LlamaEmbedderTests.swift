import InferenceCore
import Testing

@testable import Mullama

@Suite("The context for embeddings", .needsModel, .serialized, .timeLimit(.minutes(2)))
struct LlamaEmbedderTests {
    private static let contextSize = 6_000

    /// An embedder, and what comes when it has made something.
    private static func make(available: Int?, largestPart: Int = 16) async throws -> (LlamaEmbedder, AsyncStream<Void>) {
        let (weights, header, _, _) = try await ModelLoader(ModelParams(), onProgress: nil).open(RealModel.name)
        let recipe = EmbeddingRecipe(
            weights,
            header,
            EngineSettings(threads: 1),
            isWhole: false,
            pooling: .mean,
            contextSize: self.contextSize,
            abort: AbortSignal(),
            memory: MemoryLedger { available }
        )
        let (wakes, outlet) = AsyncStream.makeStream(of: Void.self)
        return (LlamaEmbedder(recipe, largestPart: { largestPart }, wake: { outlet.yield() }), wakes)
    }

    /// Waits for what a text takes.
    private static func prepare(
        _ embedder: LlamaEmbedder,
        _ wakes: AsyncStream<Void>,
        _ count: Int,
        longest: Int
    ) async throws -> EmbeddingCut {
        var wakes = wakes.makeAsyncIterator()
        while true {
            if let cut = try embedder.prepare(for: count, longest: longest) { return cut }
            await wakes.next()
        }
    }

    private static func compute(_ embedder: LlamaEmbedder, _ tokens: [Token], _ cut: EmbeddingCut) throws -> [Double]? {
        var vector: [Double]?
        var position = 0
        while position < tokens.count {
            let end = cut.end(after: position, of: tokens.count) { _ in true }
            let part = EmbeddingPart(
                request: RequestID(1),
                tokens: tokens[position..<end],
                isFirst: position == 0,
                isLast: end == tokens.count
            )
            vector = try embedder.compute(part)
            position = end
        }
        return vector
    }

    @Test("where there is no memory for the longest text, shorter ones are computed, and the long one is refused with the numbers")
    func memory() async throws {
        let (embedder, wakes) = try await Self.make(available: 64 << 20)
        #expect(try await Self.prepare(embedder, wakes, 100, longest: 5_000) == .blocks(atMost: 16))
        await #expect {
            _ = try await Self.prepare(embedder, wakes, 2_000, longest: 5_000)
        } throws: { error in
            let fault = error as? RequestFault
            return fault?.code == .outOfMemory && fault?.message.contains("2048 tokens") == true && fault?.message.contains("MB") == true
        }
        #expect(try await Self.prepare(embedder, wakes, 100, longest: 100) == .blocks(atMost: 16))
        embedder.free()
    }

    @Test("a text's vector does not depend on the size of the context, nor on what was computed before, nor on memory that was given back")
    func sizes() async throws {
        let (embedder, wakes) = try await Self.make(available: nil)
        let tokens = (0..<100).map { Token(rawValue: Int32($0 * 37 + 11)) }
        let small = try Self.compute(embedder, tokens, await Self.prepare(embedder, wakes, 100, longest: 100))
        #expect(small?.count == 576)
        let long = (0..<400).map { Token(rawValue: Int32($0 * 13 + 5)) }
        _ = try Self.compute(embedder, long, await Self.prepare(embedder, wakes, 400, longest: 400))
        #expect(try Self.compute(embedder, tokens, await Self.prepare(embedder, wakes, 100, longest: 100)) == small)
        embedder.free()
        #expect(try Self.compute(embedder, tokens, await Self.prepare(embedder, wakes, 100, longest: 5_000)) == small)
        embedder.free()
    }

    @Test("parts as large as the check of the model allows give the same vector as parts of one block")
    func parts() async throws {
        let model = try await AsyncModel.load(RealModel.name, ModelParams(reproducibility: .strict, tuning: .off))
        let allowed = try #require(model.info.reproducibility.report?.prefillChunk)
        let tokens = (0..<200).map { Token(rawValue: Int32($0 * 37 + 11)) }
        var vectors: [[Double]?] = []
        for largest in [16, allowed] {
            let (embedder, wakes) = try await Self.make(available: nil, largestPart: largest)
            let cut = try await Self.prepare(embedder, wakes, 200, longest: 200)
            #expect(cut == .blocks(atMost: min(64, largest)))
            vectors.append(try Self.compute(embedder, tokens, cut))
            embedder.free()
        }
        #expect(vectors[0] == vectors[1])
        await model.close()
    }
}
