import Foundation
import InferenceCore
import ModelStore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Texts that are too long for anything", .timeLimit(.minutes(1)))
struct LongTextTests {
    @Test("a prompt that cannot fit is refused with the numbers and never becomes tokens")
    func prompt() async throws {
        let fake = FakeModel(contextSize: 64)
        let text = String(repeating: "x", count: 1_000)
        for stream in [AsyncContext(fake.model).stream(text), AsyncContext(fake.model).stream(rendered: text, maxTokens: 3)] {
            let error = await #expect(throws: MullamaError.self) { _ = try await stream.accepted() }
            #expect(error?.code == .contextWindowExceeded)
            #expect(error?.message.contains("1000 bytes, which are at least 1000 tokens, and the context holds 64") == true)
        }
        #expect(fake.control.log.texts == 0)
    }

    @Test("a text that is cut to be embedded is cut before it becomes tokens, to the same vector")
    func embedding() async throws {
        let fake = FakeModel(contextSize: 64)
        let text = String(repeating: "äöü", count: 100_000)
        let options = EmbeddingOptions(truncate: true)
        let cut = try await fake.model.embed([text, String(text.prefix(200))], options: options)
        #expect(cut.map(\.promptTokens) == [64, 64])
        #expect(cut[0] == cut[1])
        let error = await #expect(throws: MullamaError.self) { _ = try await fake.model.embed([text]) }
        #expect(error?.code == .contextWindowExceeded && error?.message.contains("600000 bytes") == true)
    }

    @Test("long texts that become tokens for nobody's prompt do not stand before prompts")
    func apart() async throws {
        let fake = FakeModel(FakeControl(isTextHeld: true))
        let long = String(repeating: "x", count: 100_000)
        async let tokens = fake.model.tokenize(long)
        await fake.control.texts(1)
        // It is not behind the first, which is held.
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.texts(2)
        fake.control.releaseText()
        #expect(try await tokens.count == 100_000)
        #expect(try await stream.collect().text == "abc")
    }

    @Test(
        "no text has fewer tokens than are told from its length",
        .needsModel,
        arguments: [
            String(repeating: " ", count: 5_000), String(repeating: "\n", count: 3_000), String(repeating: "the ", count: 2_000),
            String(repeating: "日本語", count: 500), String(repeating: "=", count: 4_096), "<|im_start|><|im_end|>", "",
        ]
    )
    func fewest(_ text: String) throws {
        let params = ModelParams()
        let model = try LlamaModel(path: RealModel.url.path, params, isCancelled: { false }, onProgress: { _ in })
        let vocabulary = Vocabulary(ModelWeights(model))
        let longest = try #require(vocabulary.longestToken)
        #expect((4...512).contains(longest))
        for parseSpecial in [true, false] {
            #expect(try vocabulary.tokenize(text, addSpecial: false, parseSpecial: parseSpecial).count >= vocabulary.fewestTokens(text))
        }
    }
}
