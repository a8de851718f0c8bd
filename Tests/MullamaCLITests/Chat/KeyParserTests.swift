import Testing

@testable import MullamaCLI

struct KeyParserTests {
    private func keys(_ text: String) -> [Key] {
        self.keys(Array(text.utf8))
    }

    private func keys(_ bytes: [UInt8]) -> [Key] {
        var parser = KeyParser()
        return bytes.flatMap { parser.take($0) }
    }

    @Test(
        arguments: [
            ("\u{1}", .home), ("\u{2}", .left), ("\u{3}", .interrupt), ("\u{4}", .endOfInput), ("\u{5}", .end), ("\u{6}", .right),
            ("\u{8}", .backspace), ("\u{7F}", .backspace), ("\t", .character("\t")), ("\r", .enter), ("\n", .enter), ("\u{B}", .killToEnd),
            ("\u{C}", .clearScreen), ("\u{15}", .killToStart), ("\u{17}", .killWord), ("\u{1A}", .suspend),
            ("\u{1B}[A", .up), ("\u{1B}[B", .down), ("\u{1B}[C", .right), ("\u{1B}[D", .left), ("\u{1B}[H", .home), ("\u{1B}[F", .end),
            ("\u{1B}OA", .up), ("\u{1B}OH", .home), ("\u{1B}[1~", .home), ("\u{1B}[3~", .delete), ("\u{1B}[4~", .end), ("\u{1B}[7~", .home),
            ("\u{1B}[1;5C", .wordRight), ("\u{1B}[1;5D", .wordLeft), ("\u{1B}b", .wordLeft), ("\u{1B}f", .wordRight),
            ("\u{1B}\u{7F}", .killWord), ("é", .character("é")), ("日", .character("日")), ("🦙", .character("🦙")),
        ] as [(String, Key)]
    )
    func `what terminals send for a key`(_ text: String, _ key: Key) {
        #expect(self.keys(text) == [key])
    }

    @Test(arguments: ["\u{1B}[15~", "\u{1B}[1;2P", "\u{1B}[?25h", "\u{1B}OP", "\u{1B}[200;7q", "\u{0}", "\u{1B}x", "\u{1B}[>1;2c"])
    func `what is not known is dropped whole`(_ text: String) {
        #expect(self.keys(text + "a") == [.character("a")])
    }

    @Test(
        arguments: [
            ([0xC3, 0x61], "\u{FFFD}a"), ([0x80, 0x61], "\u{FFFD}a"), ([0xFF, 0x61], "\u{FFFD}a"), ([0xC0, 0x61], "\u{FFFD}a"),
            ([0xE6, 0x97, 0x0D], "\u{FFFD}"), ([0xED, 0xA0, 0x80, 0x61], "\u{FFFD}a"), ([0xC2, 0x9B, 0x61], "\u{FFFD}a"),
        ] as [([UInt8], String)]
    )
    func `bytes that are no text`(_ bytes: [UInt8], _ text: String) {
        let typed = self.keys(bytes).compactMap { if case .character(let character) = $0 { character } else { nil } }
        #expect(String(typed) == text)
    }

    @Test func `a pasted text is one key, with newlines, and without orders to the terminal`() {
        #expect(self.keys("\u{1B}[200~a\r\nb\rc\nd\u{3}\u{7}\te\u{1B}[201~x") == [.paste("a\nb\nc\nd\te"), .character("x")])
        #expect(self.keys("\u{1B}[200~\u{1B}[201~").isEmpty)
        #expect(self.keys("\u{1B}[200~[201~\u{1B}[A\u{1B}[201~") == [.paste("[201~[A")])
    }

    @Test func `escape alone is told by the silence after it`() {
        var parser = KeyParser()
        let first = parser.take(0x1B)
        #expect(first.isEmpty)
        #expect(parser.isInSequence)
        parser.endSequence()
        #expect(parser.take(UInt8(ascii: "[")) == [.character("[")])
        for byte in "\u{1B}[200~ab".utf8 { _ = parser.take(byte) }
        // A pasted text may take its time.
        #expect(!parser.isInSequence)
        parser.endSequence()
        let end = "\u{1B}[201~".utf8.flatMap { parser.take($0) }
        #expect(end == [.paste("ab")])
    }

    @Test func `a sequence without an end does not swallow the rest`() {
        #expect(self.keys("\u{1B}[" + String(repeating: "1", count: 40)).isEmpty == false)
        #expect(self.keys("\u{1B}\u{3}") == [.interrupt])
        #expect(self.keys("\u{1B}\u{1B}[A") == [.up])
    }
}
