import Mullama
import MullamaTestSupport
import Testing

@Suite("Prewarmed prefixes", .timeLimit(.minutes(1)))
struct PrewarmTests {
    private static let preamble = String(repeating: "p", count: 100)

    private static func cached(_ model: AsyncModel, _ prompt: String, isolation: CacheIsolation = .shared) async throws -> Int {
        let context = AsyncContext(model, ContextParams(isolation: isolation))
        return try await context.stream(prompt, maxTokens: 1).collect().usage.cachedTokens
    }

    @Test("S45: a prewarmed prefix outlives all that passes through the cache, until it is unpinned")
    func pinned() async throws {
        let fake = FakeModel(parallel: 1)
        let count = try await fake.model.prewarm(Self.preamble, as: "assistant")
        #expect(count == 80)
        for letter in ["a", "b", "c"] { _ = try await Self.cached(fake.model, String(repeating: letter, count: 200)) }
        #expect(try await Self.cached(fake.model, Self.preamble + "question") == 80)
        #expect(try await Self.cached(fake.model, Self.preamble + "question", isolation: .strict) == 0)

        await fake.model.unpin("assistant")
        await fake.model.unpin("nobody")
        _ = try await Self.cached(fake.model, String(repeating: "d", count: 200))
        #expect(try await Self.cached(fake.model, Self.preamble + "question") == 0)
    }

    @Test("a name that is used again lets go of what it meant before")
    func renamed() async throws {
        let fake = FakeModel(parallel: 1)
        try await fake.model.prewarm(Self.preamble, as: "assistant")
        try await fake.model.prewarm(String(repeating: "q", count: 100), as: "assistant")
        for letter in ["a", "b"] { _ = try await Self.cached(fake.model, String(repeating: letter, count: 200)) }
        #expect(try await Self.cached(fake.model, Self.preamble + "?") == 0)
        #expect(try await Self.cached(fake.model, String(repeating: "q", count: 120)) == 80)
    }

    @Test("a prefix that does not fit is refused, and what had the name stays")
    func refused() async throws {
        let fake = FakeModel(parallel: 1)
        try await fake.model.prewarm(Self.preamble, as: "assistant")
        await #expect {
            try await fake.model.prewarm(String(repeating: "x", count: 600), as: "assistant")
        } throws: {
            ($0 as? MullamaError)?.code == .contextWindowExceeded
        }
        _ = try await Self.cached(fake.model, String(repeating: "a", count: 200))
        #expect(try await Self.cached(fake.model, Self.preamble + "question") == 80)
    }

    @Test("what is too short for a block is kept nowhere, and does no harm")
    func short() async throws {
        let fake = FakeModel(parallel: 1)
        #expect(try await fake.model.prewarm("hello", as: "short") == 0)
        await fake.model.unpin("short")
    }
}
