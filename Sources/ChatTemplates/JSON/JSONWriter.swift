/// Writes values as Python's `json.dumps` does.
struct JSONWriter {
    struct Style {
        /// What each level is indented by; nil for everything in one line.
        var indent: Text?
        var itemSeparator: Text = ", "
        var keySeparator: Text = ": "
        var isASCII = false
        var sortsKeys = false
    }

    private let style: Style
    private let evaluator: Evaluator?
    private(set) var bytes: [UInt8] = []

    /// - Parameter evaluator: whose limits hold; nil for none, for values that the caller gave.
    init(_ style: Style, _ evaluator: Evaluator?) {
        self.style = style
        self.evaluator = evaluator
    }

    mutating func write(_ value: Value, level: Int = 0) throws(TemplateError) {
        try self.evaluator?.enter("a value written as JSON")
        defer { self.evaluator?.leave() }
        switch value {
        case .none: self.bytes.append("null")
        case .boolean(let value): self.bytes.append(value ? "true" : "false")
        case .integer(let value): self.bytes.append(String(value))
        case .double(let value): self.bytes.append(Self.number(value))
        case .string(let text): try self.write(text)
        case .list(let storage), .tuple(let storage): try self.write(storage.items, level)
        case .dictionary(let storage): try self.write(storage, level)
        case .undefined(let undefined):
            throw .type("what is undefined cannot be written as JSON: \(undefined.error.message)")
        case .object: throw .type("a value of type '\(value.typeName)' cannot be written as JSON")
        }
    }

    private static func number(_ value: Double) -> String {
        value.isNaN ? "NaN" : value.isFinite ? PythonText.double(value) : value < 0 ? "-Infinity" : "Infinity"
    }

    private func check() throws(TemplateError) {
        try self.evaluator?.charge(1)
        try self.evaluator?.checkSize(self.bytes.count)
    }

    private mutating func newLine(_ level: Int) throws(TemplateError) {
        guard let indent = self.style.indent else { return }
        try self.evaluator?.checkSize(
            self.bytes.count.addingSaturated(indent.bytes.count.multipliedReportingOverflow(by: level).partialValue)
        )
        try self.evaluator?.charge(indent.bytes.count * level / 16)
        self.bytes.append("\n")
        for _ in 0..<level { self.bytes.append(contentsOf: indent.bytes) }
    }

    private mutating func write(_ items: [Value], _ level: Int) throws(TemplateError) {
        self.bytes.append("[")
        for (place, item) in items.enumerated() {
            if place > 0 { self.bytes.append(contentsOf: self.style.itemSeparator.bytes) }
            try self.newLine(level + 1)
            try self.write(item, level: level + 1)
            try self.check()
        }
        if !items.isEmpty { try self.newLine(level) }
        self.bytes.append("]")
    }

    private mutating func write(_ storage: DictionaryStorage, _ level: Int) throws(TemplateError) {
        self.bytes.append("{")
        for (count, place) in try self.order(storage).enumerated() {
            if count > 0 { self.bytes.append(contentsOf: self.style.itemSeparator.bytes) }
            try self.newLine(level + 1)
            try self.write(key: storage.keys[place])
            self.bytes.append(contentsOf: self.style.keySeparator.bytes)
            try self.write(storage.values[place], level: level + 1)
            try self.check()
        }
        if storage.count > 0 { try self.newLine(level) }
        self.bytes.append("}")
    }

    private func order(_ storage: DictionaryStorage) throws(TemplateError) -> [Int] {
        guard self.style.sortsKeys else { return Array(0..<storage.count) }
        return try StableSort.sort(Array(0..<storage.count)) { (left, right) throws(TemplateError) in
            try storage.keys[left].isLess(than: storage.keys[right])
        }
    }

    private mutating func write(key: Value) throws(TemplateError) {
        switch key {
        case .string(let text): try self.write(text)
        case .none: self.bytes.append("\"null\"")
        case .boolean(let value): self.bytes.append(value ? "\"true\"" : "\"false\"")
        case .integer(let value): self.bytes.append("\"\(value)\"")
        case .double(let value): self.bytes.append("\"\(Self.number(value))\"")
        default: throw .type("a key of JSON must be a text or a number, not a value of type '\(key.typeName)'")
        }
    }

    private mutating func write(_ text: Text) throws(TemplateError) {
        try self.evaluator?.charge(text.bytes.count / 16)
        self.bytes.append("\"")
        if self.style.isASCII && !text.isASCII {
            for scalar in text.scalars { self.write(asciiOf: scalar) }
        } else {
            for byte in text.bytes { self.write(byte) }
        }
        self.bytes.append("\"")
    }

    private mutating func write(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): self.bytes.append("\\\"")
        case UInt8(ascii: "\\"): self.bytes.append("\\\\")
        case 0x0A: self.bytes.append("\\n")
        case 0x0D: self.bytes.append("\\r")
        case 0x09: self.bytes.append("\\t")
        case 0x0C: self.bytes.append("\\f")
        case 0x08: self.bytes.append("\\b")
        case ..<0x20: self.bytes.append("\\u" + PythonText.hexadecimal(Int(byte), width: 4))
        default: self.bytes.append(byte)
        }
    }

    private mutating func write(asciiOf scalar: Unicode.Scalar) {
        guard !scalar.isASCII else { return self.write(UInt8(truncatingIfNeeded: scalar.value)) }
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            self.bytes.append("\\u" + PythonText.hexadecimal(Int(unit), width: 4))
        }
    }
}
