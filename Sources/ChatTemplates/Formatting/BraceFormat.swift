/// Python's `str.format`.
struct BraceFormat {
    private let evaluator: Evaluator
    private let positional: [Value]
    private let keywords: [(name: String, value: Value)]
    private var next = 0
    private var isNumbered: Bool?

    init(_ evaluator: Evaluator, positional: [Value], keywords: [(name: String, value: Value)]) {
        self.evaluator = evaluator
        self.positional = positional
        self.keywords = keywords
    }

    /// - Parameter level: fields may stand in the format of a field, but not in that of those.
    mutating func format(_ format: Text, level: Int = 0) throws(TemplateError) -> Text {
        guard level < 2 else { throw .value("the fields of a format nest too deep") }
        let source = format.bytes
        var bytes: [UInt8] = []
        var place = 0
        while place < source.count {
            let byte = source[place]
            place += 1
            guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
                bytes.append(byte)
                continue
            }
            if place < source.count, source[place] == byte {
                bytes.append(byte)
                place += 1
                continue
            }
            guard byte == UInt8(ascii: "{") else { throw .value("a single '}' in a format; write '}}' for the character") }
            let field = try Self.field(source, &place)
            bytes.append(contentsOf: try self.replace(field, isSafe: format.isSafe, level).bytes)
            try self.evaluator.checkSize(bytes.count)
        }
        return Text(bytes)
    }

    /// The text between the braces of a field.
    private static func field(_ source: [UInt8], _ place: inout Int) throws(TemplateError) -> Text {
        let start = place
        var level = 1
        while place < source.count {
            if source[place] == UInt8(ascii: "{") { level += 1 }
            if source[place] == UInt8(ascii: "}") { level -= 1 }
            place += 1
            if level == 0 { return Text(source[start..<(place - 1)]) }
        }
        throw .value("a single '{' in a format; write '{{' for the character")
    }

    private mutating func replace(_ field: Text, isSafe: Bool, _ level: Int) throws(TemplateError) -> Text {
        var name = field.bytes[...]
        var specification = Text.empty
        var conversion: UInt8?
        // A ':' or '!' in brackets belongs to the key.
        var inBrackets = false
        for (place, byte) in field.bytes.enumerated() {
            if byte == UInt8(ascii: "[") { inBrackets = true }
            if byte == UInt8(ascii: "]") { inBrackets = false }
            guard !inBrackets, byte == UInt8(ascii: ":") || byte == UInt8(ascii: "!") else { continue }
            name = field.bytes[..<place]
            var rest = field.bytes[(place + 1)...]
            if byte == UInt8(ascii: "!") {
                guard let letter = rest.popFirst() else { throw .value("a format's field ends behind its '!'") }
                conversion = letter
                guard rest.isEmpty || rest.popFirst() == UInt8(ascii: ":") else {
                    throw .value("expected ':' behind the conversion of a field")
                }
            }
            specification = Text(rest)
            break
        }
        var value = try self.value(of: Text(name))
        switch conversion {
        case nil: break
        case UInt8(ascii: "r"): value = .string(try self.evaluator.representation(of: value))
        case UInt8(ascii: "s"): value = .string(try self.evaluator.text(of: value))
        case UInt8(ascii: "a"): value = .string(NumberFormat.asciiOnly(try self.evaluator.representation(of: value)))
        case let letter?: throw .value("unknown conversion '\(Unicode.Scalar(letter))' in a format")
        }
        if specification.bytes.contains(UInt8(ascii: "{")) { specification = try self.format(specification, level: level + 1) }
        let text = try FormatSpecification(specification).apply(to: value, self.evaluator)
        return isSafe ? text.escaped : text
    }

    private mutating func value(of name: Text) throws(TemplateError) -> Value {
        let end = name.bytes.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? name.bytes.count
        let first = Text(name.bytes[..<end])
        var value = try self.argument(first)
        var rest = name.bytes[end...]
        while let mark = rest.popFirst() {
            if mark == UInt8(ascii: ".") {
                let end = rest.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? rest.endIndex
                guard end > rest.startIndex else { throw .value("an empty attribute in a format") }
                value = try self.evaluator.attribute(Text(rest[..<end]), of: value)
                rest = rest[end...]
            } else {
                guard mark == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")), end > rest.startIndex else {
                    throw .value("a key in a format's field must stand in brackets")
                }
                let key = Text(rest[..<end])
                value = try self.evaluator.item(
                    key.all { ("0"..."9").contains($0) } ? Int(key.string).map { .integer($0) } ?? .string(key) : .string(key),
                    of: value
                )
                rest = rest[(end + 1)...]
            }
        }
        return value
    }

    private mutating func argument(_ name: Text) throws(TemplateError) -> Value {
        let number = name.all { ("0"..."9").contains($0) } ? Int(name.string) : nil
        if name.isEmpty || number != nil {
            guard self.isNumbered != name.isEmpty else { throw .value("a format cannot mix numbered and unnumbered fields") }
            self.isNumbered = !name.isEmpty
            let index = number ?? self.next
            self.next += 1
            guard index < self.positional.count else { throw .value("there is no value number \(index) for the format") }
            return self.positional[index]
        }
        guard let keyword = self.keywords.first(where: { $0.name == name.string }) else {
            throw .value("there is no value for the key \(PythonText.quoted(name)) of the format")
        }
        return keyword.value
    }
}
