/// What `%` and `str.format` have in common about numbers.
enum NumberFormat {
    /// A number of digits that may be asked for.
    static func checked(_ precision: Int, _ evaluator: Evaluator) throws(TemplateError) -> Int {
        try evaluator.checkSize(precision.addingSaturated(400))
        try evaluator.charge(precision / 16)
        return precision
    }

    /// A number without its sign, as `e`, `f` or `g` in lower or upper case write it.
    static func magnitude(_ number: Double, _ conversion: Unicode.Scalar, _ precision: Int, isAlternative: Bool = false) -> String {
        let isUpper = ("A"..."Z").contains(conversion)
        guard number.isFinite else { return number.isNaN ? (isUpper ? "NAN" : "nan") : isUpper ? "INF" : "inf" }
        let point = isAlternative && precision == 0 ? "." : ""
        var decimal = ExactDecimal(number)
        switch conversion {
        case "f", "F", "%": return decimal.fixed(precision) + point
        case "e", "E":
            let (digits, exponent) = decimal.scientific(precision)
            return Self.scientific(digits, exponent, isUpper)
        default:
            let precision = max(precision, 1)
            var (digits, exponent) = decimal.scientific(precision - 1)
            guard exponent < -4 || exponent >= precision else {
                var fixed = ExactDecimal(number)
                var text = fixed.fixed(precision - 1 - exponent)
                if !isAlternative, text.contains(".") {
                    while text.last == "0" { text.removeLast() }
                    if text.last == "." { text.removeLast() }
                }
                return text
            }
            if !isAlternative { while digits.utf8.count > 1, digits.last == "0" { digits.removeLast() } }
            return Self.scientific(digits, exponent, isUpper)
        }
    }

    private static func scientific(_ digits: String, _ exponent: Int, _ isUpper: Bool) -> String {
        let fraction = digits.dropFirst()
        let power = "\(abs(exponent))"
        return digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + (isUpper ? "E" : "e") + (exponent < 0 ? "-" : "+")
            + (power.utf8.count < 2 ? "0" : "") + power
    }

    /// Zeros between the sign, or `0x`, and the digits.
    static func padded(_ text: Text, _ width: Int, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        let missing = width - text.count
        guard missing > 0 else { return text }
        var prefix = text.bytes.first.map { [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: " ")].contains($0) ? 1 : 0 } ?? 0
        if text.bytes.count > prefix + 1, text.bytes[prefix] == 0x30, [0x78, 0x58, 0x6F, 0x62].contains(text.bytes[prefix + 1]) {
            prefix += 2
        }
        let zeros = StringMethods.text(try evaluator.repeated("0", missing))
        return Text(text.bytes[..<prefix] + zeros.bytes + text.bytes[prefix...])
    }

    /// A printed value with what is not ASCII escaped.
    static func asciiOnly(_ text: Text) -> String {
        guard !text.isASCII else { return text.string }
        var result = ""
        for scalar in text.scalars {
            if scalar.isASCII {
                result.unicodeScalars.append(scalar)
            } else {
                result += PythonText.quoted(Text(scalars: [scalar]), asciiOnly: true).dropFirst().dropLast()
            }
        }
        return result
    }
}
