/// What stands behind the colon in a field of `str.format`: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
struct FormatSpecification {
    private var fill: Text = " "
    private var alignment: Unicode.Scalar?
    private var sign: Unicode.Scalar = "-"
    private var isAlternative = false
    private var width = 0
    private var grouping: Unicode.Scalar?
    private var precision: Int?
    private var type: Unicode.Scalar?
    private let isEmpty: Bool

    init(_ text: Text) throws(TemplateError) {
        self.isEmpty = text.isEmpty
        var scalars = Array(text.scalars)[...]
        let alignments: Set<Unicode.Scalar> = ["<", ">", "=", "^"]
        var isFilled = false
        if let second = scalars.dropFirst().first, alignments.contains(second) {
            self.fill = Text(scalars: scalars.prefix(1))
            isFilled = true
            self.alignment = second
            scalars = scalars.dropFirst(2)
        } else if let first = scalars.first, alignments.contains(first) {
            self.alignment = scalars.popFirst()
        }
        if let first = scalars.first, [" ", "+", "-"].contains(first) { self.sign = scalars.removeFirst() }
        if scalars.first == "#" {
            self.isAlternative = true
            scalars.removeFirst()
        }
        if scalars.first == "0" {
            scalars.removeFirst()
            if self.alignment == nil { (self.fill, self.alignment) = ("0", "=") } else if !isFilled { self.fill = "0" }
        }
        self.width = Self.number(&scalars) ?? 0
        if scalars.first == "," || scalars.first == "_" { self.grouping = scalars.popFirst() }
        if scalars.first == "." {
            scalars.removeFirst()
            guard let precision = Self.number(&scalars) else { throw .value("a format's precision is missing behind its '.'") }
            self.precision = precision
        }
        self.type = scalars.popFirst()
        guard scalars.isEmpty else { throw .value("invalid format \(PythonText.quoted(text))") }
    }

    private static func number(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Int? {
        var number: Int?
        while let first = scalars.first, ("0"..."9").contains(first) {
            number = min((number ?? 0) * 10 + Int(first.value - 0x30), 1 << 40)
            scalars.removeFirst()
        }
        return number
    }

    func apply(to value: Value, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        switch value {
        case .string(let text): return try self.apply(to: text, evaluator)
        case .integer(let int): return try self.apply(to: int, evaluator)
        case .boolean(let value):
            // With any format a boolean is a number.
            return self.isEmpty ? try evaluator.text(of: .boolean(value)) : try self.apply(to: value ? 1 : 0, evaluator)
        case .double(let number): return try self.apply(to: number, evaluator)
        default:
            guard self.isEmpty else { throw .type("a value of type '\(value.typeName)' takes no format") }
            return try evaluator.text(of: value)
        }
    }

    private func wrong(_ type: String) -> TemplateError {
        .value("unknown format '\(self.type.map { String($0) } ?? "")' for a value of type '\(type)'")
    }

    private func apply(to text: Text, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        guard self.type == nil || self.type == "s", self.alignment != "=" || self.fill == "0", self.sign == "-", self.grouping == nil,
            !self.isAlternative
        else {
            throw self.wrong("str")
        }
        let cut = self.precision.map { Text(text.bytes[..<text.offset(of: $0)]) } ?? text
        return try self.align(cut, default: "<", evaluator)
    }

    private func signed(_ isNegative: Bool) -> String {
        isNegative ? "-" : self.sign == "-" ? "" : String(self.sign)
    }

    private func grouped(_ digits: String, by size: Int) -> String {
        guard let grouping = self.grouping else { return digits }
        var result = ""
        let count = digits.utf8.count
        for (place, digit) in digits.enumerated() {
            if place > 0, (count - place) % size == 0 { result.unicodeScalars.append(grouping) }
            result.append(digit)
        }
        return result
    }

    private func apply(to int: Int, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        let radix: Int
        switch self.type {
        case nil, "d", "n": radix = 10
        case "x", "X": radix = 16
        case "o": radix = 8
        case "b": radix = 2
        case "c":
            guard let scalar = UInt32(exactly: int).flatMap(Unicode.Scalar.init) else {
                throw .value("\(int) is not the number of a character")
            }
            return try self.align(Text(scalars: [scalar]), default: "<", evaluator)
        case "e", "E", "f", "F", "g", "G", "%": return try self.apply(to: Double(int), evaluator)
        default: throw self.wrong("int")
        }
        guard self.precision == nil else { throw .value("an integer's format has no precision") }
        let digits = String(int.magnitude, radix: radix, uppercase: self.type == "X")
        let prefix = self.isAlternative && radix != 10 ? "0\(self.type.map { String($0) } ?? "")" : ""
        return try self.number(self.signed(int < 0) + prefix, digits, groupedBy: radix == 10 ? 3 : 4, evaluator)
    }

    private func apply(to number: Double, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        let sign = self.signed(number.sign == .minus && !number.isNaN)
        var digits: String
        var suffix = ""
        switch self.type {
        case nil:
            if let precision = self.precision {
                digits = NumberFormat.magnitude(
                    number,
                    "g",
                    try NumberFormat.checked(precision, evaluator),
                    isAlternative: self.isAlternative
                )
                if number.isFinite, !digits.contains("."), !digits.contains("e") {
                    digits = precision > digits.utf8.count ? digits + ".0" : NumberFormat.magnitude(number, "e", max(precision, 1) - 1)
                    while digits.contains("."), let mark = digits.firstIndex(of: "e"), digits[digits.index(before: mark)] == "0" {
                        digits.remove(at: digits.index(before: mark))
                    }
                    if let mark = digits.firstIndex(of: "e"), digits[digits.index(before: mark)] == "." {
                        digits.remove(at: digits.index(before: mark))
                    }
                }
            } else {
                digits = PythonText.double(number.magnitude)
            }
        case "e", "E", "f", "F", "g", "G", "n":
            let type: Unicode.Scalar = self.type == "n" ? "g" : self.type ?? "g"
            digits = NumberFormat.magnitude(
                number,
                type,
                try NumberFormat.checked(self.precision ?? 6, evaluator),
                isAlternative: self.isAlternative
            )
        case "%":
            digits = NumberFormat.magnitude(
                number * 100,
                "f",
                try NumberFormat.checked(self.precision ?? 6, evaluator),
                isAlternative: self.isAlternative
            )
            suffix = "%"
        default: throw self.wrong("float")
        }
        let whole = digits.prefix { $0.isNumber }
        return try self.number(sign, String(whole), rest: digits.dropFirst(whole.count) + suffix, groupedBy: 3, evaluator)
    }

    private func number(
        _ prefix: String,
        _ whole: String,
        rest: String = "",
        groupedBy size: Int,
        _ evaluator: Evaluator
    ) throws(TemplateError) -> Text {
        var whole = whole
        if self.alignment == "=", self.fill == "0", self.grouping != nil {
            // Zeros are grouped like other digits.
            let room = self.width - prefix.utf8.count - rest.utf8.count
            try evaluator.checkSize(room)
            while self.grouped(whole, by: size).utf8.count < room {
                try evaluator.charge(whole.utf8.count)
                whole = "0" + whole
            }
        }
        let text = self.grouped(whole, by: size) + rest
        if self.alignment == "=" {
            let missing = self.width - prefix.utf8.count - text.utf8.count
            let padding = missing > 0 ? StringMethods.text(try evaluator.repeated(self.fill, missing)) : .empty
            return Text(Array(prefix.utf8) + padding.bytes + Array(text.utf8))
        }
        return try self.align(Text(prefix + text), default: ">", evaluator)
    }

    private func align(_ text: Text, default alignment: Unicode.Scalar, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        let alignment = self.alignment == "=" ? alignment : self.alignment ?? alignment
        let missing = self.width - text.count
        guard missing > 0 else { return text }
        let before = alignment == "<" ? 0 : alignment == ">" ? missing : missing / 2
        let front = StringMethods.text(try evaluator.repeated(self.fill, before))
        let back = StringMethods.text(try evaluator.repeated(self.fill, missing - before))
        return Text(front.bytes + text.bytes + back.bytes)
    }
}
