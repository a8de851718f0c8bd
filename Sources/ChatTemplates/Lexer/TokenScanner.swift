/// Reads one token inside of a tag.
struct TokenScanner {
    private static let symbols: [[UInt8]] = [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",",
        ";",
    ].map { Array($0.utf8) }

    private let source: [UInt8]
    private(set) var place: Int

    init(_ source: [UInt8], at place: Int) {
        self.source = source
        self.place = place
    }

    private func error(_ message: String, at place: Int) -> TemplateError {
        TemplateError(.syntax, message).located(at: place, in: self.source)
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        self.place + offset < self.source.count ? self.source[self.place + offset] : nil
    }

    private func isDigit(_ byte: UInt8?, radix: Int = 10) -> Bool {
        byte.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map { $0 < radix } ?? false
    }

    mutating func next() throws(TemplateError) -> Token {
        let start = self.place
        guard let first = self.byte() else { return Token(kind: .end, position: start) }
        let kind: Token.Kind
        if self.isDigit(first) {
            kind = try self.number()
        } else if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            kind = .string(try self.string(first))
        } else if let name = try self.name() {
            kind = .name(name)
        } else if let symbol = Self.symbols.first(where: { self.source[start...].starts(with: $0) }) {
            self.place += symbol.count
            kind = .symbol(String(decoding: symbol, as: UTF8.self))
        } else {
            let (scalar, _) = Text(self.source[start..<min(start + 4, self.source.count)]).scalar(at: 0)
            throw self.error("unexpected character \(PythonText.quoted(Text(scalars: [scalar])))", at: start)
        }
        return Token(kind: kind, position: start)
    }

    private mutating func name() throws(TemplateError) -> String? {
        let start = self.place
        while let byte = self.byte() {
            if byte < 0x80 {
                let scalar = Unicode.Scalar(byte)
                guard scalar == "_" || (0x61...0x7A).contains(byte | 0x20) || (self.place > start && self.isDigit(byte)) else { break }
                self.place += 1
            } else {
                let (scalar, length) = Text(self.source[self.place..<min(self.place + 4, self.source.count)]).scalar(at: 0)
                guard self.place > start ? scalar.continuesIdentifier : scalar.startsIdentifier else { break }
                self.place += length
            }
        }
        return self.place > start ? String(decoding: self.source[start..<self.place], as: UTF8.self) : nil
    }

    private mutating func digits(radix: Int = 10) -> String {
        var digits = ""
        while let byte = self.byte() {
            if self.isDigit(byte, radix: radix) {
                digits.append(Character(Unicode.Scalar(byte)))
            } else if byte != UInt8(ascii: "_") || !self.isDigit(self.byte(1), radix: radix) {
                break
            }
            self.place += 1
        }
        return digits
    }

    private mutating func number() throws(TemplateError) -> Token.Kind {
        let start = self.place
        if self.byte() == UInt8(ascii: "0"), let letter = self.byte(1) {
            let radix: Int? =
                switch letter | 0x20 {
                case UInt8(ascii: "x"): 16
                case UInt8(ascii: "o"): 8
                case UInt8(ascii: "b"): 2
                default: nil
                }
            let skip = self.byte(2) == UInt8(ascii: "_") ? 3 : 2
            if let radix, self.isDigit(self.byte(skip), radix: radix) {
                self.place += skip
                let digits = self.digits(radix: radix)
                guard let value = Int(digits, radix: radix) else { throw self.error("the number 0\(digits) is beyond 64 bits", at: start) }
                return .integer(value)
            }
        }
        var text = self.digits()
        var isDouble = false
        // A dot is an attribute's unless a digit follows; one behind a dot is an index, as in `pair.0.1`.
        if self.byte() == UInt8(ascii: "."), self.isDigit(self.byte(1)), start == 0 || self.source[start - 1] != UInt8(ascii: ".") {
            self.place += 1
            text += "." + self.digits()
            isDouble = true
        }
        if let mark = self.byte(), mark | 0x20 == UInt8(ascii: "e") {
            let sign = self.byte(1).flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
            if self.isDigit(self.byte(sign == nil ? 1 : 2)) {
                self.place += sign == nil ? 1 : 2
                text += "e" + (sign == UInt8(ascii: "-") ? "-" : "") + self.digits()
                isDouble = true
            }
        }
        if isDouble { return .double(Double(text) ?? .infinity) }
        if text.utf8.count > 1, text.utf8.first == UInt8(ascii: "0"), text.contains(where: { $0 != "0" }) {
            throw self.error("the number \(text) may not start with a zero", at: start)
        }
        guard let value = Int(text) else { throw self.error("the number \(text.prefix(40)) is beyond 64 bits", at: start) }
        return .integer(value)
    }

    private mutating func string(_ quote: UInt8) throws(TemplateError) -> Text {
        let start = self.place
        self.place += 1
        var bytes: [UInt8] = []
        while let byte = self.byte() {
            self.place += 1
            if byte == quote { return Text(bytes) }
            if byte == UInt8(ascii: "\\") { try self.escape(into: &bytes) } else { bytes.append(byte) }
        }
        throw self.error("this text is never closed; expected \(Unicode.Scalar(quote))", at: start)
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(TemplateError) {
        guard let letter = self.byte() else { return }
        let start = self.place - 1
        self.place += 1
        switch letter {
        case UInt8(ascii: "\n"): break
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): bytes.append(letter)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "x"): try self.codePoint(2, from: start, into: &bytes)
        case UInt8(ascii: "u"): try self.codePoint(4, from: start, into: &bytes)
        case UInt8(ascii: "U"): try self.codePoint(8, from: start, into: &bytes)
        case UInt8(ascii: "N"): throw self.error("\\N{…} is not supported; write the character or \\u…", at: start)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var value = UInt32(letter - 0x30)
            var count = 1
            while count < 3, let next = self.byte(), (0x30...0x37).contains(next) {
                value = value * 8 + UInt32(next - 0x30)
                self.place += 1
                count += 1
            }
            bytes.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        default: bytes.append(contentsOf: [UInt8(ascii: "\\"), letter])
        }
    }

    private mutating func codePoint(_ count: Int, from start: Int, into bytes: inout [UInt8]) throws(TemplateError) {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = self.byte().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw self.error("an escape of \(count) hexadecimal digits is cut short", at: start)
            }
            value = value << 4 | UInt32(digit)
            self.place += 1
        }
        guard let scalar = Unicode.Scalar(value) else { throw self.error("\\u\(String(value, radix: 16)) is not a character", at: start) }
        bytes.append(scalar)
    }
}
