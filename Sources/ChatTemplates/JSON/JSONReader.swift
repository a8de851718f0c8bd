/// Reads JSON and keeps the order of keys.
struct JSONReader {
    private let bytes: [UInt8]
    private let maxDepth: Int
    private var place = 0
    private var depth = 0

    private init(_ bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    static func read(_ bytes: [UInt8], maxDepth: Int) throws(TemplateError) -> TemplateValue {
        var reader = JSONReader(bytes, maxDepth: maxDepth)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.place == bytes.count else { throw reader.error("there is more text behind the JSON value") }
        return value
    }

    private func error(_ message: String) -> TemplateError {
        TemplateError(.invalidInput, "not JSON: \(message)").located(at: self.place, in: self.bytes)
    }

    private var byte: UInt8? { self.place < self.bytes.count ? self.bytes[self.place] : nil }

    private mutating func skipSpace() {
        while let byte = self.byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.place += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = self.byte, UInt32(byte) == character.value else { return false }
        self.place += 1
        return true
    }

    private mutating func value() throws(TemplateError) -> TemplateValue {
        self.skipSpace()
        guard let first = self.byte else { throw self.error("the text ends where a value is expected") }
        switch first {
        case UInt8(ascii: "{"): return try self.nested { (reader) throws(TemplateError) in try reader.dictionary() }
        case UInt8(ascii: "["): return try self.nested { (reader) throws(TemplateError) in try reader.list() }
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .boolean(true))
        case UInt8(ascii: "f"): return try self.word("false", .boolean(false))
        case UInt8(ascii: "n"): return try self.word("null", .none)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try self.number()
        default: throw self.error("a value is expected here")
        }
    }

    private mutating func nested(_ body: (inout JSONReader) throws(TemplateError) -> TemplateValue) throws(TemplateError) -> TemplateValue {
        guard self.depth < self.maxDepth else { throw self.error("it nests deeper than \(self.maxDepth) levels") }
        self.depth += 1
        defer { self.depth -= 1 }
        self.place += 1
        return try body(&self)
    }

    private mutating func word(_ word: String, _ value: TemplateValue) throws(TemplateError) -> TemplateValue {
        guard self.bytes[self.place...].starts(with: word.utf8) else { throw self.error("a value is expected here") }
        self.place += word.utf8.count
        return value
    }

    private mutating func list() throws(TemplateError) -> TemplateValue {
        var items: [TemplateValue] = []
        self.skipSpace()
        if self.skip("]") { return .list(items) }
        while true {
            items.append(try self.value())
            self.skipSpace()
            if self.skip("]") { return .list(items) }
            guard self.skip(",") else { throw self.error("expected ',' or ']'") }
        }
    }

    private mutating func dictionary() throws(TemplateError) -> TemplateValue {
        var dictionary = TemplateDictionary()
        self.skipSpace()
        if self.skip("}") { return .dictionary(dictionary) }
        while true {
            self.skipSpace()
            guard self.byte == UInt8(ascii: "\"") else { throw self.error("expected a key in double quotes") }
            let key = try self.string()
            self.skipSpace()
            guard self.skip(":") else { throw self.error("expected ':'") }
            dictionary[key] = try self.value()
            self.skipSpace()
            if self.skip("}") { return .dictionary(dictionary) }
            guard self.skip(",") else { throw self.error("expected ',' or '}'") }
        }
    }

    private mutating func number() throws(TemplateError) -> TemplateValue {
        let start = self.place
        var isDouble = false
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        func digits(_ reader: inout JSONReader) throws(TemplateError) {
            guard isDigit(reader.byte) else { throw reader.error("expected a digit") }
            while isDigit(reader.byte) { reader.place += 1 }
        }
        _ = self.skip("-")
        if !self.skip("0") { try digits(&self) }
        if self.skip(".") {
            isDouble = true
            try digits(&self)
        }
        if self.skip("e") || self.skip("E") {
            isDouble = true
            if !self.skip("-") { _ = self.skip("+") }
            try digits(&self)
        }
        let text = String(decoding: self.bytes[start..<self.place], as: UTF8.self)
        if !isDouble, let value = Int(text) { return .integer(value) }
        guard let value = Double(text) else { throw self.error("'\(text)' is not a number") }
        return .double(value)
    }

    private mutating func string() throws(TemplateError) -> String {
        self.place += 1
        var bytes: [UInt8] = []
        while let byte = self.byte {
            switch byte {
            case UInt8(ascii: "\""):
                self.place += 1
                guard let text = String(validating: bytes, as: UTF8.self) else { throw self.error("a text is not UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                self.place += 1
                try self.escape(into: &bytes)
            case ..<0x20: throw self.error("a control character in a text must be written as \\u00..")
            default:
                self.place += 1
                bytes.append(byte)
            }
        }
        throw self.error("a text is never closed")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(TemplateError) {
        guard let letter = self.byte else { throw self.error("a text is never closed") }
        self.place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var value = try self.codeUnit()
            if (0xD800..<0xDC00).contains(value), self.bytes[self.place...].starts(with: [0x5C, 0x75]) {
                self.place += 2
                let low = try self.codeUnit()
                if (0xDC00..<0xE000).contains(low) { value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00) }
            }
            guard let scalar = Unicode.Scalar(value) else { throw self.error("a half of a surrogate pair stands alone") }
            bytes.append(scalar)
        default: throw self.error("there is no such escape")
        }
    }

    private mutating func codeUnit() throws(TemplateError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = self.byte.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw self.error("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            self.place += 1
        }
        return value
    }
}
