/// Reads a grammar byte by byte.
struct GrammarScanner: Sendable {
    let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The byte to be read next; nil at the end.
    var next: UInt8? { self.peek(0) }

    func peek(_ distance: Int) -> UInt8? {
        self.offset + distance < self.bytes.count ? self.bytes[self.offset + distance] : nil
    }

    func nextIs(_ character: Unicode.Scalar) -> Bool {
        self.next == UInt8(ascii: character)
    }

    mutating func advance(by count: Int = 1) {
        self.offset = min(self.offset + count, self.bytes.count)
    }

    /// Skips blanks and comments.
    mutating func skipSpace(acrossLines: Bool) {
        while let byte = self.next {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                self.advance()
            case UInt8(ascii: "#"):
                self.advance(while: { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                guard acrossLines else { return }
                self.advance()
            default:
                return
            }
        }
    }

    mutating func skipLineEnd() {
        self.advance(by: self.nextIs("\r") && self.peek(1) == UInt8(ascii: "\n") ? 2 : 1)
    }

    /// The name that stands here; empty if there is none.
    mutating func name() -> String {
        let start = self.offset
        self.advance(while: Self.isNameByte)
        return String(decoding: self.bytes[start..<self.offset], as: UTF8.self)
    }

    /// The digits that stand here; empty if there are none.
    mutating func digits() -> String {
        let start = self.offset
        self.advance(while: Self.isDigit)
        return String(decoding: self.bytes[start..<self.offset], as: UTF8.self)
    }

    mutating func advance(while condition: (UInt8) -> Bool) {
        while let byte = self.next, condition(byte) { self.offset += 1 }
    }

    /// A character of a literal or a class, which may be an escape.
    mutating func skipCharacter() throws(GrammarFault) {
        guard let byte = self.next else {
            throw GrammarFault(at: self.offset, "the grammar ends in the middle of a literal or a character class")
        }
        guard byte == UInt8(ascii: "\\") else {
            // The text is a String's: the ones that a leading byte begins with tell the length, and it has none if it is alone.
            self.advance(by: max(1, (~byte).leadingZeroBitCount))
            return
        }
        let start = self.offset
        switch self.peek(1) {
        case UInt8(ascii: "x"): try self.skipEscape(digits: 2)
        case UInt8(ascii: "u"): try self.skipEscape(digits: 4)
        case UInt8(ascii: "U"): try self.skipEscape(digits: 8)
        case .some(let escaped) where #"trn\"[]-"#.utf8.contains(escaped): self.advance(by: 2)
        default:
            self.advance()
            throw GrammarFault(
                at: start,
                "\\ is followed by \(self.found): GBNF knows only \\t \\r \\n \\\\ \\\" \\[ \\] \\- \\xHH \\uHHHH and \\UHHHHHHHH"
            )
        }
    }

    private mutating func skipEscape(digits: Int) throws(GrammarFault) {
        let start = self.offset
        let escape = String(decoding: self.bytes[start..<start + 2], as: UTF8.self)
        self.advance(by: 2)
        for _ in 0..<digits {
            guard let byte = self.next, Self.isHexDigit(byte) else {
                throw GrammarFault(at: start, "\(escape) needs \(digits) hexadecimal digits, and \(self.found) comes too early")
            }
            self.advance()
        }
    }

    /// What stands here, for messages.
    var found: String {
        guard self.next != nil else { return "the end of the grammar" }
        guard let character = String(decoding: self.bytes[self.offset...].prefix(64), as: UTF8.self).first,
            let scalar = character.unicodeScalars.first
        else { return "nothing" }
        if character.isNewline { return "the end of the line" }
        if scalar.value > 0x20, scalar.value != 0x7F, scalar.properties.generalCategory != .format { return "'\(character)'" }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"): true
        default: self.isDigit(byte)
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: self.isDigit(byte)
        }
    }
}
