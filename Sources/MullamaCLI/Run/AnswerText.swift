/// An answer as it is printed: with exactly one newline at its end, however many the model put there.
struct AnswerText {
    /// Newlines that are the last unless more text comes.
    private var held = ""
    private(set) var isEmpty = true

    /// Takes a part of the answer in.
    ///
    /// - Returns: What can be printed of it by now.
    mutating func append(_ part: String) -> String {
        let text = self.held + part
        guard let last = text.utf8.lastIndex(where: { $0 != UInt8(ascii: "\n") }) else {
            self.held = text
            return ""
        }
        let end = text.utf8.index(after: last)
        self.held = String(text[end...])
        self.isEmpty = false
        return String(text[..<end])
    }
}
