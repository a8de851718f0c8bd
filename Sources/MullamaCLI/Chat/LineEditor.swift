/// A line of text on its way: keys in, text and cursor out. It knows no terminal.
struct LineEditor {
    enum Event: Equatable {
        /// Nothing to be seen has changed.
        case none
        /// The text or the cursor has.
        case changed
        /// Enter: the text is what was meant.
        case submitted(String)
        case clearScreen
        /// Ctrl+C.
        case interrupted
        /// Ctrl+D where there is no text.
        case ended
        case suspended
    }

    /// A cursor that stands before the character of that index.
    private(set) var cursor = 0
    private(set) var characters: [Character] = []
    /// What was submitted before, the latest last, and behind it the text of now: going through the history may change all of them.
    private var lines: [[Character]]
    private var index: Int

    /// - Parameter history: The latest last.
    init(history: [String] = []) {
        self.lines = history.map(Array.init) + [[]]
        self.index = self.lines.count - 1
    }

    var text: String { String(self.characters) }

    mutating func take(_ key: Key) -> Event {
        let before = (self.characters, self.cursor)
        switch key {
        case .character(let character): self.insert([character])
        case .paste(let text): self.insert(Array(text))
        case .enter: return .submitted(self.text)
        case .interrupt: return .interrupted
        case .suspend: return .suspended
        case .clearScreen: return .clearScreen
        case .endOfInput where self.characters.isEmpty: return .ended
        case .delete, .endOfInput: self.remove(self.cursor..<min(self.cursor + 1, self.characters.count))
        case .backspace: self.remove(max(0, self.cursor - 1)..<self.cursor)
        case .killToStart: self.remove(self.lineStart..<self.cursor)
        case .killToEnd: self.remove(self.cursor..<self.lineEnd)
        case .killWord: self.remove(self.wordStart..<self.cursor)
        case .left: self.cursor = max(0, self.cursor - 1)
        case .right: self.cursor = min(self.characters.count, self.cursor + 1)
        case .wordLeft: self.cursor = self.wordStart
        case .wordRight: self.cursor = self.wordEnd
        case .home: self.cursor = self.lineStart
        case .end: self.cursor = self.lineEnd
        case .up: if !self.moveUp() { self.recall(self.index - 1) }
        case .down: if !self.moveDown() { self.recall(self.index + 1) }
        }
        return before == (self.characters, self.cursor) ? .none : .changed
    }

    // MARK: Changing

    private mutating func insert(_ new: [Character]) {
        // As one text: a mark that combines, or the second half of a flag, becomes a part of the character before it.
        let head = String(self.characters[..<self.cursor]) + String(new)
        let tail = self.characters[self.cursor...]
        self.cursor = head.count
        self.characters = Array(head) + tail
    }

    private mutating func remove(_ range: Range<Int>) {
        self.characters.removeSubrange(range)
        self.cursor = range.lowerBound
    }

    private mutating func recall(_ index: Int) {
        guard self.lines.indices.contains(index) else { return }
        self.lines[self.index] = self.characters
        self.index = index
        self.characters = self.lines[index]
        self.cursor = self.characters.count
    }

    // MARK: Places

    /// The start of the row that the cursor is in: a pasted or recalled text has several.
    private var lineStart: Int { self.characters[..<self.cursor].lastIndex(of: "\n").map { $0 + 1 } ?? 0 }
    private var lineEnd: Int { self.characters[self.cursor...].firstIndex(of: "\n") ?? self.characters.count }

    private var wordStart: Int {
        var place = self.cursor
        while place > 0, self.characters[place - 1].isWhitespace { place -= 1 }
        while place > 0, !self.characters[place - 1].isWhitespace { place -= 1 }
        return place
    }

    private var wordEnd: Int {
        var place = self.cursor
        while place < self.characters.count, self.characters[place].isWhitespace { place += 1 }
        while place < self.characters.count, !self.characters[place].isWhitespace { place += 1 }
        return place
    }

    /// - Returns: False in the first row.
    private mutating func moveUp() -> Bool {
        let start = self.lineStart
        guard start > 0 else { return false }
        let column = self.cursor - start
        self.cursor = start - 1
        self.cursor = min(self.lineStart + column, start - 1)
        return true
    }

    /// - Returns: False in the last row.
    private mutating func moveDown() -> Bool {
        let end = self.lineEnd
        guard end < self.characters.count else { return false }
        let column = self.cursor - self.lineStart
        self.cursor = end + 1
        self.cursor = min(end + 1 + column, self.lineEnd)
        return true
    }
}
