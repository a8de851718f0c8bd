import Mullama
import Testing

@testable import MullamaCLI

struct PromptLinesTests {
    @Test func `only the final newline goes`() {
        #expect(PromptLines.withoutFinalNewline("a\nb\n\n") == "a\nb\n")
        #expect(PromptLines.withoutFinalNewline("a\r\n") == "a")
        #expect(PromptLines.withoutFinalNewline("a\r") == "a\r")
        #expect(PromptLines.withoutFinalNewline("\n") == "")
        #expect(PromptLines.withoutFinalNewline("a ") == "a ")
    }

    @Test func `lines are prompts, with or without a newline at the end`() throws {
        #expect(try PromptLines.split("a\nb c\n") == ["a", "b c"])
        #expect(try PromptLines.split("a\r\nb\r\n") == ["a", "b"])
        #expect(try PromptLines.split("a") == ["a"])
    }

    @Test(arguments: [("a\n\nb\n", "line 2 of 3"), ("\n", "line 1 of 1"), ("", "standard input is empty"), ("a\n\n", "line 2 of 2")])
    func `an empty line is refused by its number`(_ text: String, _ words: String) {
        let error = #expect(throws: MullamaError.self) { try PromptLines.split(text) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains(words) == true)
    }

    @Test func `an empty prompt is refused and a space is not`() throws {
        #expect(throws: MullamaError.self) { try PromptLines.requireText("") }
        try PromptLines.requireText(" ")
    }
}
