import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Embeddings on the fake backend", .timeLimit(.minutes(1)))
struct EmbeddingTests {
    private static let plain = EmbeddingOptions(normalize: false)

    private static func expectError(
        _ code: MullamaError.Code,
        _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        await #expect(sourceLocation: sourceLocation) {
            try await body()
        } throws: { error in
            guard let error = error as? MullamaError else { return false }
            return error.code == code && words.allSatisfy { error.message.contains($0) }
        }
    }

    /// How often bytes of each remainder come in a text: what the fake makes of it.
    private static func counts(_ text: String) -> [Float] {
        (0..<4).map { remainder in Float(text.utf8.count { Int($0) % 4 == remainder }) }
    }

    @Test("each text has its own numbers, in the order of the texts")
    func order() async throws {
        let fake = FakeModel()
        let texts = ["abcd", String(repeating: "long ", count: 60), "x", "abcd"]
        let embeddings = try await fake.model.embed(texts, options: Self.plain)
        #expect(embeddings.map(\.vector) == texts.map(Self.counts))
        #expect(embeddings.map(\.promptTokens) == [4, 300, 1, 4])
        #expect(embeddings.usage == Usage(promptTokens: 309))
        let unit = try await fake.model.embed(tokens: [[0, 0, 0, 1, 1, 1, 1]])
        #expect(unit[0].vector == [0.6, 0.8, 0, 0])
        #expect(fake.control.log.plans.isEmpty)
    }

    @Test("many texts, more than are made into tokens at once")
    func many() async throws {
        let fake = FakeModel()
        let texts = (0..<700).map { String(repeating: "abcdefg", count: 20) + "\($0)" }
        #expect(try await fake.model.embed(texts, options: Self.plain).map(\.vector) == texts.map(Self.counts))
    }

    @Test("what cannot be embedded is named with the numbers, and nothing is computed")
    func refused() async throws {
        let fake = FakeModel(contextSize: 64)
        let model = fake.model
        let long = String(repeating: "x", count: 65)
        await Self.expectError(.invalidRequest, "at least one") { _ = try await model.embed([]) }
        await Self.expectError(.invalidRequest, "texts[1] is empty") { _ = try await model.embed(["a", "", "b"]) }
        await Self.expectError(.invalidRequest, "tokens[1] is empty") { _ = try await model.embed(tokens: [[1], []]) }
        await Self.expectError(.invalidRequest, "token 999 of tokens[0]", "257") { _ = try await model.embed(tokens: [[1, 999]]) }
        await Self.expectError(.contextWindowExceeded, "texts[1]", "65", "64") { _ = try await model.embed(["a", long]) }
        await Self.expectError(.contextWindowExceeded, "tokens[0]", "5", "4") {
            _ = try await model.embed(tokens: [[1, 2, 3, 4, 5]], options: EmbeddingOptions(contextSize: 4))
        }
        for dimensions in [0, -1, 5] {
            await Self.expectError(.invalidRequest, "dimensions is \(dimensions)", "1 to 4") {
                _ = try await model.embed(["a"], options: EmbeddingOptions(dimensions: dimensions))
            }
        }
        await Self.expectError(.invalidRequest, "contextSize is 65", "1 to 64") {
            _ = try await model.embed(["a"], options: EmbeddingOptions(contextSize: 65))
        }
        await Self.expectError(.invalidRequest, "deadline") { _ = try await model.embed(["a"], options: EmbeddingOptions(deadline: .zero)) }
        #expect(fake.embeddings.log.parts.isEmpty)
        #expect(try await model.embed(["a"]).count == 1)
    }

    @Test("a long text is cut where that is asked for")
    func truncated() async throws {
        let fake = FakeModel(contextSize: 64)
        let options = EmbeddingOptions(normalize: false, truncate: true)
        let embeddings = try await fake.model.embed([String(repeating: "x", count: 60) + "abcdefgh", "abc"], options: options)
        #expect(embeddings.map(\.promptTokens) == [64, 3])
        #expect(embeddings[0].vector == Self.counts(String(repeating: "x", count: 60) + "abcd"))
        #expect(embeddings[1].vector == Self.counts("abc"))
    }

    @Test("dimensions cut the vector, which has unit length then")
    func dimensions() async throws {
        let fake = FakeModel()
        let vector = try await fake.model.embed(tokens: [[0, 0, 0, 1, 1, 1, 1, 2, 3]], options: EmbeddingOptions(dimensions: 2))[0].vector
        #expect(vector == [0.6, 0.8])
    }

    @Test("a fault of one call leaves the others as they are")
    func fault() async throws {
        let fake = FakeModel(embeddings: FakeEmbeddings(isHeld: true))
        let bad = Task { try await fake.model.embed(["bad"]) }
        await fake.embeddings.parts(1)
        async let good = fake.model.embed(["good"], options: Self.plain)
        fake.embeddings.fail(RequestFault(.engineFailed, "on purpose", underlying: -3))
        fake.embeddings.release()
        await Self.expectError(.engineFailed, "on purpose") { _ = try await bad.value }
        #expect(try await good.map(\.vector) == [Self.counts("good")])
    }

    @Test("numbers that are none, and texts that there is no memory for, are errors of their call")
    func noNumbers() async throws {
        let broken = FakeModel(embeddings: FakeEmbeddings(isNumber: false))
        await Self.expectError(.engineFailed, "not a number") { _ = try await broken.model.embed(["a"]) }
        let small = FakeModel(embeddings: FakeEmbeddings(memory: 10))
        await Self.expectError(.outOfMemory, "50 tokens") { _ = try await small.model.embed([String(repeating: "x", count: 50)]) }
        #expect(try await small.model.embed(["a"]).count == 1)
    }

    @Test("a text waits for what it takes while streams go on, and then is computed")
    func notReady() async throws {
        let fake = FakeModel(embeddings: FakeEmbeddings(isReady: false))
        async let embeddings = fake.model.embed(["abcd"], options: Self.plain)
        await fake.embeddings.until { $0.waits > 0 }
        #expect(try await AsyncContext(fake.model).generate("abc", maxTokens: 30) == String(repeating: "abc", count: 10))
        #expect(fake.embeddings.log.parts.isEmpty)
        fake.embeddings.makeReady()
        #expect(try await embeddings.map(\.vector) == [Self.counts("abcd")])
    }

    @Test("a model that generates nothing says so, and one that embeds nothing")
    func unsupported() async throws {
        let limits = SchedulerLimits(canGenerate: false, parallel: 1)
        let request = GenerationRequest(id: RequestID(1), context: ContextID(1), prompt: [1], maxTokens: 1, contextSize: 8)
        #expect(limits.reasonToRefuse(request)?.code == .unsupportedModel)
    }
}
