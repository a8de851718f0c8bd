import Testing

@testable import MullamaCLI

struct LineLayoutTests {
    private func layout(_ text: String, cursor: Int? = nil, columns: Int = 10, height: Int = 24) -> LineLayout {
        LineLayout(prompt: "> ", characters: Array(text), cursor: cursor ?? text.count, columns: columns, height: height)
    }

    @Test(
        arguments: [
            ("", nil, ["> "], 0, 2), ("abc", nil, ["> abc"], 0, 5), ("abc", 1, ["> abc"], 0, 3),
            // A full row: the cursor is in the next.
            ("12345678", nil, ["> 12345678", ""], 1, 0), ("123456789", nil, ["> 12345678", "9"], 1, 1),
            ("123456789", 8, ["> 12345678", "9"], 1, 0),
            // A wide character does not fit into the last column.
            ("1234567日", nil, ["> 1234567", "日"], 1, 2), ("1234567日", 7, ["> 1234567", "日"], 1, 0),
            ("a\nb", nil, ["> a", "b"], 1, 1), ("a\nb", 1, ["> a", "b"], 0, 3), ("a\n", nil, ["> a", ""], 1, 0),
            ("\tx", nil, [">     x"], 0, 7),
            ("12345678\nx", 8, ["> 12345678", "x"], 1, 0),
        ] as [(String, Int?, [String], Int, Int)]
    )
    func `where text and cursor stand`(_ text: String, _ cursor: Int?, _ rows: [String], _ row: Int, _ column: Int) {
        let layout = self.layout(text, cursor: cursor)
        #expect(layout.rows == rows)
        #expect(layout.cursorRow == row)
        #expect(layout.cursorColumn == column)
    }

    @Test func `of a text that is higher than the terminal, the rows around the cursor are shown`() {
        let text = (1...9).map(String.init).joined(separator: "\n")
        #expect(self.layout(text, height: 3).rows == ["7", "8", "9"])
        #expect(self.layout(text, height: 3).cursorRow == 2)
        #expect(self.layout(text, cursor: 0, height: 3).rows == ["> 1", "2", "3"])
        #expect(self.layout(text, cursor: 8, height: 3).rows == ["3", "4", "5"])
        #expect(self.layout(text, cursor: 8, height: 3).cursorRow == 2)
    }

    @Test func `it is drawn over the one before, and left behind`() {
        let layout = self.layout("a\nbc", cursor: 0)
        #expect(layout.drawing(over: 1) == "\r\u{1B}[1A\u{1B}[J> a\r\nbc\u{1B}[1A\r\u{1B}[2C")
        #expect(layout.leaving == "\u{1B}[1B\r\n")
        #expect(self.layout("").drawing(over: 0) == "\r\u{1B}[J> \r\u{1B}[2C")
    }

    @Test(
        arguments: [
            ("a", 1), ("é", 1), ("e\u{301}", 1), ("日", 2), ("ｱ", 1), ("Ａ", 2), ("한", 2), ("🦙", 2), ("🇩🇪", 2), ("❤️", 2), ("\u{200B}", 0),
        ] as [(Character, Int)]
    )
    func `columns of a character`(_ character: Character, _ width: Int) {
        #expect(CharacterWidth.of(character) == width)
    }
}
