/// Python's `format % values`.
struct PercentFormat {
    private let evaluator: Evaluator
    private let values: [Value]
    private let mapping: DictionaryStorage?
    private var next = 0
    private var usesMapping = false
    private let escapes: Bool

    private struct Field {
        var isLeft = false
        var sign = ""
        var isAlternative = false
        var padsZeros = false
        var width = 0
        var precision: Int?
    }

    init(_ evaluator: Evaluator, _ value: Value, escapes: Bool) {
        self.evaluator = evaluator
        self.escapes = escapes
        if case .tuple(let storage) = value { self.values = storage.items } else { self.values = [value] }
        if case .dictionary(let storage) = value { self.mapping = storage } else { self.mapping = nil }
    }

    mutating func format(_ format: Text) throws(TemplateError) -> Text {
        var bytes: [UInt8] = []
        let source = format.bytes
        var place = 0
        while place < source.count {
            guard source[place] == UInt8(ascii: "%") else {
                bytes.append(source[place])
                place += 1
                continue
            }
            place += 1
            if place < source.count, source[place] == UInt8(ascii: "%") {
                bytes.append(UInt8(ascii: "%"))
                place += 1
                continue
            }
            bytes.append(contentsOf: try self.field(source, &place).bytes)
            try self.evaluator.checkSize(bytes.count)
        }
        // A list or a dictionary may stand beside a format that takes nothing from it; texts and numbers may not.
        let isUnused = self.mapping == nil && !self.usesMapping && self.next < self.values.count
        if isUnused {
            if self.values.count == 1, self.next == 0, case .list? = self.values.first { return Text(bytes) }
            throw .type("not all values were used by the format")
        }
        return Text(bytes)
    }

    private mutating func nextValue() throws(TemplateError) -> Value {
        guard self.next < self.values.count else { throw .type("not enough values for the format") }
        defer { self.next += 1 }
        return self.values[self.next]
    }

    private mutating func number(_ source: [UInt8], _ place: inout Int) throws(TemplateError) -> Int {
        if place < source.count, source[place] == UInt8(ascii: "*") {
            place += 1
            guard let value = try self.nextValue().int else { throw .type("* in a format takes an integer") }
            return value
        }
        var value = 0
        while place < source.count, (0x30...0x39).contains(source[place]) {
            value = min(value * 10 + Int(source[place] - 0x30), 1 << 40)
            place += 1
        }
        return value
    }

    private mutating func field(_ source: [UInt8], _ place: inout Int) throws(TemplateError) -> Text {
        var field = Field()
        var given: Value?
        if place < source.count, source[place] == UInt8(ascii: "(") {
            guard let mapping = self.mapping else { throw .type("the format names values, so it takes a dictionary") }
            guard let end = source[place...].firstIndex(of: UInt8(ascii: ")")) else { throw .value("a format's key is never closed") }
            let key = Text(source[(place + 1)..<end])
            guard let value = mapping[key] else { throw .value("there is no value for the key \(PythonText.quoted(key)) of the format") }
            given = value
            self.usesMapping = true
            place = end + 1
        }
        flags: while place < source.count {
            switch source[place] {
            case UInt8(ascii: "-"): field.isLeft = true
            case UInt8(ascii: "+"): field.sign = "+"
            case UInt8(ascii: " "): if field.sign.isEmpty { field.sign = " " }
            case UInt8(ascii: "#"): field.isAlternative = true
            case UInt8(ascii: "0"): field.padsZeros = true
            default: break flags
            }
            place += 1
        }
        field.width = try self.number(source, &place)
        if field.width < 0 { (field.isLeft, field.width) = (true, field.width == .min ? .max : -field.width) }
        if place < source.count, source[place] == UInt8(ascii: ".") {
            place += 1
            field.precision = max(0, try self.number(source, &place))
        }
        while place < source.count, [UInt8(ascii: "l"), UInt8(ascii: "h"), UInt8(ascii: "L")].contains(source[place]) { place += 1 }
        guard place < source.count else { throw .value("the format ends within a field") }
        let (conversion, length) = format(at: place, source)
        place += length
        let value = if let given { given } else { try self.nextValue() }
        return try self.convert(value, conversion, field)
    }

    private func format(at place: Int, _ source: [UInt8]) -> (Unicode.Scalar, Int) {
        Text(source[place..<min(place + 4, source.count)]).scalar(at: 0)
    }

    private func convert(_ value: Value, _ conversion: Unicode.Scalar, _ field: Field) throws(TemplateError) -> Text {
        switch conversion {
        case "s", "r", "a":
            var text = conversion == "s" ? try self.evaluator.text(of: value) : try self.evaluator.representation(of: value)
            if conversion == "a" { text = Text(NumberFormat.asciiOnly(text)) }
            if self.escapes { text = text.escaped }
            if let precision = field.precision { text = Text(text.bytes[..<text.offset(of: precision)]) }
            return try self.pad(text, field)
        case "c":
            if case .string(let text) = value, text.count == 1 { return try self.pad(text, field) }
            guard let int = value.int, let scalar = UInt32(exactly: int).flatMap(Unicode.Scalar.init) else {
                throw .type("%c takes a character or its number")
            }
            return try self.pad(Text(scalars: [scalar]), field)
        case "d", "i", "u", "x", "X", "o":
            return try self.pad(try self.integer(value, conversion, field), field, isNumber: true)
        case "e", "E", "f", "F", "g", "G":
            if case .undefined(let undefined) = value { throw undefined.error }
            guard let number = value.number else { throw .type("%\(conversion) takes a number, not a value of type '\(value.typeName)'") }
            let precision = try NumberFormat.checked(field.precision ?? 6, self.evaluator)
            let digits = NumberFormat.magnitude(number, conversion, precision, isAlternative: field.isAlternative)
            let sign = number.sign == .minus && !number.isNaN ? "-" : field.sign
            return try self.pad(Text(sign + digits), field, isNumber: number.isFinite)
        case "%": return "%"
        default: throw .value("unsupported format character \(PythonText.quoted(Text(scalars: [conversion])))")
        }
    }

    private func integer(_ value: Value, _ conversion: Unicode.Scalar, _ field: Field) throws(TemplateError) -> Text {
        var int = value.int
        if case .double(let number) = value, conversion == "d" || conversion == "i" || conversion == "u" {
            int = number.isFinite ? Int(exactly: number.rounded(.towardZero)) : nil
        }
        if case .undefined(let undefined) = value { throw undefined.error }
        guard let int else { throw .type("%\(conversion) takes a number, not a value of type '\(value.typeName)'") }
        let radix = conversion == "x" || conversion == "X" ? 16 : conversion == "o" ? 8 : 10
        var digits = String(int.magnitude, radix: radix, uppercase: conversion == "X")
        if let precision = field.precision {
            let missing = try NumberFormat.checked(precision, self.evaluator) - digits.utf8.count
            if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
        }
        let prefix = field.isAlternative && radix != 10 ? "0\(conversion)" : ""
        return Text((int < 0 ? "-" : field.sign) + prefix + digits)
    }

    private func pad(_ text: Text, _ field: Field, isNumber: Bool = false) throws(TemplateError) -> Text {
        guard field.padsZeros, isNumber, !field.isLeft else {
            return try StringMethods.padded(text, field.width, " ", self.evaluator, left: field.isLeft ? 0 : 1, right: field.isLeft ? 1 : 0)
        }
        return try NumberFormat.padded(text, field.width, self.evaluator)
    }
}

extension Evaluator {
    func format(_ format: Text, with value: Value) throws(TemplateError) -> Value {
        var formatter = PercentFormat(self, value, escapes: format.isSafe)
        return try self.string(try formatter.format(format).safe(format.isSafe))
    }
}
