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

    @Test("of a prompt each token but the first has its own, once the prompt is computed, with as many alternatives as asked for")
    func prompt() async throws {
        let fake = FakeModel()
        let text = String(repeating: "abcdefgh", count: 9)
        let expected = [nil] + text.utf8.dropFirst().map { FakeLogprob.of(Token(rawValue: Int32($0)), top: 2) }
        let context = AsyncContext(fake.model)
        for maxTokens in [0, 3] {
            let options = GenerationOptions(logprobs: 2, promptLogprobs: true)
            let stream = context.stream(text, maxTokens: maxTokens, options: options)
            #expect(stream.promptLogprobs.isEmpty)
            let generation = try await stream.collect()
            #expect(generation.promptLogprobs == expected && stream.promptLogprobs == expected)
            #expect(generation.text == String(text.prefix(maxTokens)) && generation.logprobs.count == maxTokens)
            #expect(generation.finishReason == .length && generation.usage.cachedTokens == 0)
        }
        let plain = try await context.stream(text, maxTokens: 1, options: .init(logprobs: 2)).collect()
        #expect(plain.promptLogprobs.isEmpty && plain.usage.cachedTokens > 0)
        let alone = try await context.stream("a", maxTokens: 0, options: .init(promptLogprobs: true)).collect()
        #expect(alone.promptLogprobs == [nil])
    }

    @Test("they are there with the first part of the answer")
    func promptFirst() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let stream = AsyncContext(fake.model).stream("abcdef", maxTokens: 9, options: .init(promptLogprobs: true))
        await fake.control.steps(1)
        fake.control.release(1)
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next()?.text == "a")
        #expect(stream.promptLogprobs.count == 6)
        fake.control.release()
    }

    @Test("no token to generate is refused where no prompt is scored")
    func noTokens() async throws {
        let stream = AsyncContext(FakeModel().model).stream("abc", maxTokens: 0)
        let error = await #expect(throws: MullamaError.self) { _ = try await stream.accepted() }
        #expect(error?.code == .invalidRequest && error?.message.contains("maxTokens is 0: it must be at least 1") == true)
    }
}
