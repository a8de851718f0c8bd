import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("How likely tokens are", .timeLimit(.minutes(1)))
struct LogprobTests {
    @Test("none unless asked for; each token has its own, with as many alternatives as asked for", arguments: [nil, 0, 3, 20])
    func asked(_ count: Int?) async throws {
        let fake = FakeModel(FakeControl(length: 5))
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 9, options: .init(logprobs: count))
        let generation = try await stream.collect()
        #expect(generation.tokens.count == 5)
        #expect(generation.logprobs == (count.map { count in generation.tokens.map { FakeLogprob.of($0, top: count) } } ?? []))
    }

    @Test("in a stream they come with their tokens, also where text was held back for a stop string or a character")
    func chunks() async throws {
        let fake = FakeModel()
        let options = GenerationOptions(stop: ["ab!"], logprobs: 1)
        var tokens: [Token] = []
        for try await chunk in AsyncContext(fake.model).stream("ab é", maxTokens: 14, options: options) {
            #expect(chunk.logprobs == chunk.tokens.map { FakeLogprob.of($0, top: 1) })
            #expect(String(decoding: chunk.logprobs.flatMap(\.bytes), as: UTF8.self) == chunk.text)
            tokens += chunk.tokens
        }
        #expect(tokens.count == 14 - 1, "the last token is a half of é")
    }

    @Test("more alternatives than are told, or fewer than none, are refused with the numbers", arguments: [-1, 21])
    func refused(_ count: Int) async throws {
        let stream = AsyncContext(FakeModel().model).stream("abc", options: .init(logprobs: count))
        let error = await #expect(throws: MullamaError.self) { _ = try await stream.accepted() }
        #expect(error?.code == .invalidRequest && error?.message.contains("logprobs is \(count): it must be 0 to 20") == true)
    }
}
