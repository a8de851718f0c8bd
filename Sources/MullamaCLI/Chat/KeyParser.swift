/// Takes what a terminal sends apart: bytes in, keys out.
///
/// Sequences that it does not know are dropped whole, so that no part of them is taken for text. Bytes that are no UTF-8 become U+FFFD.
struct KeyParser {
    private enum State: Equatable {
        case text
        case escape
        /// After ESC [ ; the bytes of its parameters so far.
        case sequence([UInt8])
        /// After ESC O.
        case function
        /// Between the marks of a pasted text.
        case paste
    }

    /// No terminal sends longer ones; what is longer is no sequence.
    private static let longestSequence = 32
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private var state = State.text
    /// Bytes of a character that is not complete.
    private var partial: [UInt8] = []
    /// Bytes of a pasted text.
    private var pasted: [UInt8] = []

    /// Whether ESC alone may have been pressed: nothing tells it from the start of a sequence but that nothing follows.
    var isInSequence: Bool { self.state != .text && self.state != .paste }

    /// Nothing has followed: there was no sequence.
    mutating func endSequence() {
        if self.isInSequence { self.state = .text }
    }

    /// Takes the next byte in.
    ///
    /// - Returns: The keys that it completes; almost always one at most.
    mutating func take(_ byte: UInt8) -> [Key] {
        switch self.state {
        case .text:
            return self.takeText(byte)
        case .escape:
            return self.takeEscaped(byte)
        case .function:
            self.state = .text
            return Self.cursorKey(byte).map { [$0] } ?? []
        case .sequence(let parameters):
            return self.takeSequence(byte, parameters)
        case .paste:
            return self.takePasted(byte)
        }
    }

    // MARK: Text

    private mutating func takeText(_ byte: UInt8) -> [Key] {
        if !self.partial.isEmpty {
            // The byte goes on with the character, or it begins another: then what was there is none.
            if byte & 0xC0 == 0x80 { return self.extend(byte) }
            self.partial = []
            return [.character("\u{FFFD}")] + self.takeText(byte)
        }
        switch byte {
        case 0x1B:
            self.state = .escape
            return []
        case 0x00...0x1F, 0x7F:
            return Self.controlKey(byte).map { [$0] } ?? []
        case 0x20...0x7E:
            return [.character(Character(Unicode.Scalar(byte)))]
        case 0xC2...0xF4:
            self.partial = [byte]
            return []
        default:
            return [.character("\u{FFFD}")]
        }
    }

    private mutating func extend(_ byte: UInt8) -> [Key] {
        self.partial.append(byte)
        let length = self.partial[0] < 0xE0 ? 2 : self.partial[0] < 0xF0 ? 3 : 4
        guard self.partial.count == length else { return [] }
        defer { self.partial = [] }
        let text = String(decoding: self.partial, as: UTF8.self)
        // A character that is written with too many bytes, or that is none, comes as several U+FFFD: one is enough.
        guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first, !(0x80...0x9F).contains(scalar.value) else {
            return [.character("\u{FFFD}")]
        }
        return [.character(Character(scalar))]
    }

    private static func controlKey(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x01: .home
        case 0x02: .left
        case 0x03: .interrupt
        case 0x04: .endOfInput
        case 0x05: .end
        case 0x06: .right
        case 0x08, 0x7F: .backspace
        case 0x09: .character("\t")
        case 0x0A, 0x0D: .enter
        case 0x0B: .killToEnd
        case 0x0C: .clearScreen
        case 0x0E: .down
        case 0x10: .up
        case 0x15: .killToStart
        case 0x17: .killWord
        case 0x1A: .suspend
        default: nil
        }
    }

    // MARK: Sequences

    private mutating func takeEscaped(_ byte: UInt8) -> [Key] {
        self.state = .text
        switch byte {
        case UInt8(ascii: "["): self.state = .sequence([])
        case UInt8(ascii: "O"): self.state = .function
        case UInt8(ascii: "b"): return [.wordLeft]
        case UInt8(ascii: "f"): return [.wordRight]
        case 0x7F: return [.killWord]
        case 0x1B: self.state = .escape
        // ESC was pressed alone before: control keys mean what they always do.
        case 0x00...0x1F: return self.takeText(byte)
        default: break
        }
        return []
    }

    private mutating func takeSequence(_ byte: UInt8, _ parameters: [UInt8]) -> [Key] {
        guard (0x40...0x7E).contains(byte) else {
            let goesOn = (0x20...0x3F).contains(byte) && parameters.count < Self.longestSequence
            self.state = goesOn ? .sequence(parameters + [byte]) : .text
            return []
        }
        self.state = .text
        let numbers = parameters.split(separator: UInt8(ascii: ";")).map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        guard byte == UInt8(ascii: "~") else {
            let isModified = numbers.count == 2
            switch byte {
            case UInt8(ascii: "C") where isModified: return [.wordRight]
            case UInt8(ascii: "D") where isModified: return [.wordLeft]
            default: return Self.cursorKey(byte).map { [$0] } ?? []
            }
        }
        switch numbers.first {
        case 1, 7: return [.home]
        case 3: return [.delete]
        case 4, 8: return [.end]
        case 200:
            self.state = .paste
            return []
        default: return []
        }
    }

    private static func cursorKey(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "H"): .home
        default: nil
        }
    }

    // MARK: Pasting

    private mutating func takePasted(_ byte: UInt8) -> [Key] {
        self.pasted.append(byte)
        guard self.pasted.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) else { return [] }
        let text = String(decoding: self.pasted.dropLast(Self.pasteEnd.count), as: UTF8.self)
        self.pasted = []
        self.state = .text
        return text.isEmpty ? [] : [.paste(Self.cleaned(text))]
    }

    /// Terminals send line ends as carriage returns; other control characters have no place in a text.
    private static func cleaned(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\r": result.append("\n")
            case "\n" where isAfterReturn: break
            case "\n", "\t": result.append(scalar)
            default:
                let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                if !isControl { result.append(scalar) }
            }
            isAfterReturn = scalar == "\r"
        }
        return String(result)
    }
}
