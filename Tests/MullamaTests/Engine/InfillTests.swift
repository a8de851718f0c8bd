import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Writing between two texts", .timeLimit(.minutes(1)))
struct InfillTests {
    @Test("the texts stand behind the model's tokens for them, after the token that every text begins with")
    func tokens() throws {
        let text = ByteText(hasInfill: true)
        func tokens(_ prefix: String, _ suffix: String) throws -> [Token] {
            try Prompt.infill(prefix: prefix, suffix: suffix, model: "fake").tokens(text)
        }
        #expect(try tokens("ab", "c") == [257, 97, 98, 258, 99, 259])
        #expect(try tokens("", "c") == [257, 258, 99, 259])
        #expect(try tokens("ab", "") == [257, 97, 98, 258, 259])
        #expect(throws: MullamaError.self) { try tokens("", "") }

        let begun = try Prompt.infill(prefix: "a", suffix: "b", model: "fake").tokens(BeginningText(text))
        #expect(begun == [1, 257, 97, 258, 98, 259])
    }

    @Test("a model that was trained for it says so, and generates")
    func generates() async throws {
        let fake = FakeModel(hasInfill: true)
        #expect(fake.model.supportsInfill)
        let stream = AsyncContext(fake.model).stream(infillBetween: "let x = ", and: "\n", maxTokens: 9, options: .greedy)
        #expect(try await stream.accepted() == 12)
        // The fake answers with the prompt, whose first token has no text.
        #expect(try await stream.collect().text == "let x = ")
    }

    @Test("another one is named in the error")
    func unsupported() async throws {
        let fake = FakeModel()
        #expect(!fake.model.supportsInfill)
        let error = await #expect(throws: MullamaError.self) {
            _ = try await AsyncContext(fake.model).stream(infillBetween: "a", and: "b").accepted()
        }
        #expect(error?.code == .unsupportedModel && error?.message.hasPrefix("fake has no tokens") == true)
    }
}
