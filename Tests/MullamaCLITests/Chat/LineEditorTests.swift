import Testing

@testable import MullamaCLI

struct LineEditorTests {
    /// The line after these keys, with `|` for the cursor.
    private func line(_ keys: String, history: [String] = []) -> String {
        var keys = keys
        var editor = LineEditor(history: history)
        var parser = KeyParser()
        for arrow in zip("↑↓→←", ["A", "B", "C", "D"]) { keys = keys.replacing(String(arrow.0), with: "\u{1B}[" + arrow.1) }
        for key in keys.utf8.flatMap({ parser.take($0) }) { _ = editor.take(key) }
        var shown = editor.characters
        shown.insert("|", at: editor.cursor)
        return String(shown)
    }

    @Test(
        arguments: [
            ("abc", "abc|"), ("ac←b", "ab|c"), ("abc\u{1}x", "x|abc"), ("abc\u{1}\u{5}x", "abcx|"), ("abc\u{7F}", "ab|"),
            ("\u{7F}", "|"), ("abc←←\u{1B}[3~", "a|c"), ("abc\u{1}\u{4}", "|bc"), ("abc\u{1}←", "|abc"),
            ("a→", "a|"),
            ("one two\u{15}", "|"), ("one two←←←\u{15}", "|two"), ("one two\u{1}\u{B}", "|"),
            ("one two  \u{17}", "one |"), ("one two\u{17}\u{17}\u{17}", "|"), ("one two\u{1B}b\u{1B}bx", "x|one two"),
            ("one two\u{1}\u{1B}f", "one| two"), ("日本←x", "日x|本"), ("日本\u{7F}", "日|"), ("e\u{301}x\u{7F}\u{7F}", "|"),
            ("🇩🇪\u{7F}", "|"), ("a\u{1}\u{301}", "\u{301}|a"),
        ] as [(String, String)]
    )
    func `keys and what they make of a line`(_ keys: String, _ line: String) {
        #expect(self.line(keys) == line)
    }

    @Test(
        arguments: [
            ("↑", "two|"), ("↑↑", "one|"), ("↑↑↑", "one|"), ("↑↓", "|"), ("new↑↓", "new|"),
            ("↑!↑↓", "two!|"),
            ("↑\u{15}↓↓↑", "|"),
        ] as [(String, String)]
    )
    func `going through the history`(_ keys: String, _ line: String) {
        #expect(self.line(keys, history: ["one", "two"]) == line)
    }

    @Test(
        arguments: [
            ("", "ab\nc|d"), ("↑", "a|b\ncd"), ("↑\u{1}", "|ab\ncd"), ("↑\u{5}", "ab|\ncd"), ("↑↑", "first|"),
            ("↑↓", "ab\nc|d"),
            ("\u{1}", "ab\n|cd"), ("\u{15}", "ab\n|d"), ("↑\u{B}", "a|\ncd"),
        ] as [(String, String)]
    )
    func `in a text of several rows the arrows go through its rows first`(_ keys: String, _ line: String) {
        // The last entry, with the cursor before its last character.
        #expect(self.line("↑←" + keys, history: ["first", "ab\ncd"]) == line)
    }

    @Test func `what keys tell`() {
        var editor = LineEditor()
        #expect(editor.take(.left) == .none)
        #expect(editor.take(.endOfInput) == .ended)
        #expect(editor.take(.character("a")) == .changed)
        #expect(editor.take(.home) == .changed)
        #expect(editor.take(.killWord) == .none)
        #expect(editor.take(.interrupt) == .interrupted)
        #expect(editor.take(.suspend) == .suspended)
        #expect(editor.take(.clearScreen) == .clearScreen)
        #expect(editor.take(.paste("b\nc")) == .changed)
        #expect(editor.take(.enter) == .submitted("b\nca"))
    }
}
