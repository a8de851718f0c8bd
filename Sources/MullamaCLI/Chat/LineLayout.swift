/// How a text with its prompt stands on a terminal: its rows, and where the cursor is.
struct LineLayout: Equatable {
    private(set) var rows: [String]
    private(set) var cursorRow: Int
    private(set) var cursorColumn: Int

    /// - Parameters:
    ///   - prompt: Before the text.
    ///   - columns: Of the terminal; with less than eight, it is laid out as if there were eight.
    ///   - height: Rows of the terminal. Of a longer text, those around the cursor are shown.
    init(prompt: String, characters: [Character], cursor: Int, columns: Int, height: Int) {
        let columns = max(8, columns)
        var rows = [""]
        var column = 0
        var place = (row: 0, column: 0)
        func add(_ character: Character) {
            guard character != "\n" else {
                rows.append("")
                column = 0
                return
            }
            let width = CharacterWidth.of(character)
            // A wide character does not hang over the edge.
            if column + width > columns {
                rows.append("")
                column = 0
            }
            rows[rows.count - 1] += character == "\t" ? String(repeating: " ", count: CharacterWidth.tab) : String(character)
            column += width
        }
        for character in prompt { add(character) }
        for (index, character) in characters.enumerated() {
            if index == cursor { place = Self.place(row: rows.count - 1, column, before: character, columns) }
            add(character)
        }
        if cursor >= characters.count {
            place = Self.place(row: rows.count - 1, column, before: " ", columns)
            // Behind a full row the cursor stands in the next.
            if place.row == rows.count { rows.append("") }
        }
        let first = max(0, min(place.row - height + 1, rows.count - height))
        self.rows = rows.count > height ? Array(rows[first..<min(rows.count, first + max(1, height))]) : rows
        self.cursorRow = rows.count > height ? place.row - first : place.row
        self.cursorColumn = place.column
    }

    /// Where a character will stand, which is where the cursor is shown that is before it.
    private static func place(row: Int, _ column: Int, before character: Character, _ columns: Int) -> (row: Int, column: Int) {
        let width = character == "\n" ? 1 : CharacterWidth.of(character)
        return column + width > columns ? (row + 1, 0) : (row, column)
    }

    /// What draws it over an earlier one, whose cursor is in row `former` of it.
    func drawing(over former: Int) -> String {
        var text = "\r" + (former > 0 ? "\u{1B}[\(former)A" : "") + "\u{1B}[J" + self.rows.joined(separator: "\r\n")
        let up = self.rows.count - 1 - self.cursorRow
        if up > 0 { text += "\u{1B}[\(up)A" }
        text += "\r" + (self.cursorColumn > 0 ? "\u{1B}[\(self.cursorColumn)C" : "")
        return text
    }

    /// What takes the cursor behind it, to the start of a row.
    var leaving: String {
        let down = self.rows.count - 1 - self.cursorRow
        return (down > 0 ? "\u{1B}[\(down)B" : "") + "\r\n"
    }
}
