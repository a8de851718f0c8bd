enum NumberFilters {
    static let all: [String: Filter] = [
        "abs": { (value, _, _) throws(TemplateError) in
            if case .undefined(let undefined) = value { throw undefined.error }
            if case .double(let number) = value { return .double(number.magnitude) }
            guard let int = value.int else { throw .type("abs takes a number, not a value of type '\(value.typeName)'") }
            guard int != .min else { throw .value("the result of an operation is beyond 64 bits") }
            return .integer(abs(int))
        },
        "int": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["default", "base"], of: "int")
            let base = try values[1].map { (value) throws(TemplateError) in try StringMethods.int(value, of: "int") } ?? 10
            return try Self.integer(value, base: base, evaluator) ?? values[0] ?? .integer(0)
        },
        "float": { (value, arguments, _) throws(TemplateError) in
            let alternative = try arguments.bound(to: ["default"], of: "float")[0]
            if case .undefined(let undefined) = value { throw undefined.error }
            if let number = value.number { return .double(number) }
            return value.text.flatMap(Self.number).map { .double($0) } ?? alternative ?? .double(0)
        },
        "round": Self.round,
        "filesizeformat": { (value, arguments, _) throws(TemplateError) in
            let isBinary = try arguments.bound(to: ["binary"], of: "filesizeformat")[0]?.isTrue ?? false
            guard let size = value.number ?? value.text.flatMap(Self.number) else { throw .type("filesizeformat takes a number") }
            let base: Double = isBinary ? 1024 : 1000
            guard size != 1 else { return .string("1 Byte") }
            guard size >= base else { return .string("\(size.isFinite ? Int(exactly: size.rounded(.towardZero)) ?? 0 : 0) Bytes") }
            var unit = base
            for (place, prefix) in ["k", "M", "G", "T", "P", "E", "Z", "Y"].enumerated() {
                unit *= base
                guard size < unit || place == 7 else { continue }
                let name = isBinary ? (prefix == "k" ? "Ki" : prefix + "i") : prefix
                return .string("\(NumberFormat.magnitude(base * size / unit, "f", 1)) \(name)B")
            }
            return .none
        },
    ]

    /// A text as a floating-point number, as Python reads it.
    static func number(_ text: Text) -> Double? {
        let digits = text.trimmed().string.lowercased()
        var plain = ""
        var previous: Character = " "
        for character in digits {
            if character == "_" {
                guard previous.isASCII, previous.isNumber else { return nil }
            } else {
                if previous == "_", !(character.isASCII && character.isNumber) { return nil }
                plain.append(character)
            }
            previous = character
        }
        guard previous != "_" else { return nil }
        switch plain {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default:
            guard plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.e".utf8.contains($0) }) else { return nil }
            if plain.hasPrefix("+") { plain.removeFirst() }
            guard let first = plain.first, first != "+" else { return nil }
            // Python takes "1." and ".5".
            if plain.hasSuffix(".") { plain += "0" }
            return Double(plain.replacingDotBeforeExponent)
        }
    }

    /// A value as an integer; nil where it is none.
    private static func integer(_ value: Value, base: Int, _ evaluator: Evaluator) throws(TemplateError) -> Value? {
        switch value {
        case .undefined(let undefined): throw undefined.error
        case .string(let text):
            if let int = try Self.integer(text, base: base) { return .integer(int) }
            return try Self.number(text).flatMap { (number) throws(TemplateError) in try Self.whole(number) }
        case .double(let number):
            // Python's int() of an infinite float is an error of another kind, for which there is the default too; of nan as well.
            return try Self.whole(number)
        default: return value.int.map { .integer($0) }
        }
    }

    private static func whole(_ number: Double) throws(TemplateError) -> Value? {
        guard number.isFinite else { return nil }
        guard let int = Int(exactly: number.rounded(.towardZero)) else {
            throw .value("the number \(PythonText.double(number)) is beyond 64 bits")
        }
        return .integer(int)
    }

    private static func integer(_ text: Text, base: Int) throws(TemplateError) -> Int? {
        var digits = text.trimmed().string.lowercased()
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        var base = base
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) && (base == radix || base == 0) {
            digits.removeFirst(2)
            if digits.hasPrefix("_") { digits.removeFirst() }
            base = radix
        }
        if base == 0 { base = 10 }
        guard (2...36).contains(base), !digits.hasPrefix("_"), !digits.hasSuffix("_"), !digits.contains("__") else { return nil }
        digits.removeAll { $0 == "_" }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return nil }
        if let int = Int((isNegative ? "-" : "") + digits, radix: base) { return int }
        // Digits, but too many of them.
        let isNumber = digits.allSatisfy { Int(String($0), radix: base) != nil }
        guard !isNumber else { throw .value("the number \(digits.prefix(40)) is beyond 64 bits") }
        return nil
    }

    @Sendable private static func round(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let values = try arguments.bound(to: ["precision", "method"], of: "round")
        let precision = try values[0].map { (value) throws(TemplateError) in try StringMethods.int(value, of: "round") } ?? 0
        let method = values[1]?.text?.string ?? "common"
        guard ["common", "ceil", "floor"].contains(method) else { throw .value("round's method must be common, ceil or floor") }
        if case .undefined(let undefined) = value { throw undefined.error }
        guard let number = value.number else { throw .type("round takes a number, not a value of type '\(value.typeName)'") }
        if method == "common" {
            if let int = value.int { return try Self.round(int, precision) }
            return .double(Self.round(number, precision))
        }
        let factor = try Power.raise(10, to: Double(precision))
        let scaled = number * factor
        let whole = scaled.rounded(method == "ceil" ? .up : .down)
        guard whole.isFinite else { throw .value("round's result is beyond a float's range") }
        return .double(whole / factor)
    }

    private static func round(_ int: Int, _ precision: Int) throws(TemplateError) -> Value {
        guard precision < 0 else { return .integer(int) }
        guard precision > -19 else { return .integer(0) }
        var unit = 1
        for _ in precision..<0 { unit *= 10 }
        let (quotient, remainder) = int.quotientAndRemainder(dividingBy: unit)
        let twice = remainder.magnitude.multipliedReportingOverflow(by: 2)
        let isUp = twice.overflow || twice.partialValue > UInt(unit) || (twice.partialValue == UInt(unit) && !quotient.isMultiple(of: 2))
        let (result, overflow) = (quotient + (isUp ? (int < 0 ? -1 : 1) : 0)).multipliedReportingOverflow(by: unit)
        guard !overflow else { throw .value("the result of an operation is beyond 64 bits") }
        return .integer(result)
    }

    /// Rounds the exact decimal value half to even, as Python does.
    private static func round(_ number: Double, _ precision: Int) -> Double {
        guard number.isFinite, precision < 330 else { return number }
        guard precision > -310 else { return Double(signOf: number, magnitudeOf: 0) }
        var decimal = ExactDecimal(number)
        var text: String
        if precision >= 0 {
            text = decimal.fixed(precision)
        } else {
            text = decimal.rounded(toPowerOf10: -precision)
        }
        if number.sign == .minus { text = "-" + text }
        return Double(text) ?? number
    }
}

extension String {
    /// `1.e5` as `1.0e5`, which Python reads and Swift does not.
    fileprivate var replacingDotBeforeExponent: String {
        guard let mark = self.firstIndex(of: "e"), mark > self.startIndex, self[self.index(before: mark)] == "." else { return self }
        return self[..<mark] + "0" + self[mark...]
    }
}
