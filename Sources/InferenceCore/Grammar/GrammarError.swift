/// What is wrong with a grammar, and where.
public struct GrammarError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, counted from 1.
    public var line: Int
    /// The character in the line, counted from 1.
    public var column: Int
    /// What was found and what to write instead.
    public var message: String

    public init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    public var description: String { "line \(self.line), column \(self.column): \(self.message)" }
}

extension GrammarError {
    init(_ fault: GrammarFault, in text: [UInt8]) {
        self.init(line: 1, column: 1, message: fault.message)
        for character in String(decoding: text[..<min(fault.offset, text.count)], as: UTF8.self) {
            if character == "\n" || character == "\r" || character == "\r\n" {
                self.line += 1
                self.column = 1
            } else {
                self.column += 1
            }
        }
    }
}
