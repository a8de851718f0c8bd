enum NumberMethods {
    static let ofIntegers: [Text: Method] = [
        "bit_length": { (value, arguments, _) throws(TemplateError) in
            _ = try arguments.positional(0...0, of: "bit_length()")
            return .integer(Int.bitWidth - (value.int ?? 0).magnitude.leadingZeroBitCount)
        }
    ]

    static let ofDoubles: [Text: Method] = [
        "is_integer": { (value, arguments, _) throws(TemplateError) in
            _ = try arguments.positional(0...0, of: "is_integer()")
            guard let number = value.number, number.isFinite else { return .boolean(false) }
            return .boolean(number == number.rounded())
        }
    ]
}
