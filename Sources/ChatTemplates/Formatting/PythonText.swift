/// Values as Python writes them.
enum PythonText {
    /// A text in quotes: single ones, unless it holds single ones and no double ones.
    static func quoted(_ text: Text, asciiOnly: Bool = false) -> String {
        var bytes: [UInt8] = []
        Self.appendQuoted(text, asciiOnly: asciiOnly, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func appendQuoted(_ text: Text, asciiOnly: Bool = false, to bytes: inout [UInt8]) {
        let quote: Unicode.Scalar = text.bytes.contains(0x27) && !text.bytes.contains(0x22) ? "\"" : "'"
        bytes.append(quote)
        for scalar in text.scalars {
            switch scalar {
            case quote, "\\":
                bytes.append("\\")
                bytes.append(scalar)
            case "\n": bytes.append("\\n")
            case "\r": bytes.append("\\r")
            case "\t": bytes.append("\\t")
            default:
                if scalar.isPrintable && (scalar.isASCII || !asciiOnly) { bytes.append(scalar) } else { bytes.append(Self.escape(scalar)) }
            }
        }
        bytes.append(quote)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case ..<0x100: "\\x" + Self.hexadecimal(Int(scalar.value), width: 2)
        case ..<0x10000: "\\u" + Self.hexadecimal(Int(scalar.value), width: 4)
        default: "\\U" + Self.hexadecimal(Int(scalar.value), width: 8)
        }
    }

    static func hexadecimal(_ value: Int, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// A value in an error message: cut, so that the message stays one.
    static func short(_ value: Value) -> String {
        switch value {
        case .string(let text): text.count > 40 ? Self.quoted(Text(scalars: text.scalars.prefix(40))) + "…" : Self.quoted(text)
        case .integer(let value): "\(value)"
        case .double(let value): Self.double(value)
        case .boolean(let value): value ? "True" : "False"
        case .none: "None"
        default: "a \(value.typeName)"
        }
    }

    /// `repr` of a float: the shortest digits that read back as the same number.
    static func double(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let shortest = ShortestDecimal(value)
        let digits = shortest.digits
        let sign = value.sign == .minus ? "-" : ""
        let point = shortest.point
        if point > 16 || point <= -4 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let exponent = point - 1
            let magnitude = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
            return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + magnitude
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point { return sign + digits + String(repeating: "0", count: point - digits.count) + ".0" }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
}
