/// The shortest decimal digits that read back as a given finite number: 0.`digits` · 10^`point`, without a sign.
struct ShortestDecimal {
    let digits: String
    let point: Int

    init(_ value: Double) {
        // Swift's description has the shortest digits, in a layout of its own.
        var mantissa = value.magnitude.description[...]
        var exponent = 0
        if let mark = mantissa.firstIndex(of: "e") {
            exponent = Int(mantissa[mantissa.index(after: mark)...]) ?? 0
            mantissa = mantissa[..<mark]
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts.first ?? ""
        let fraction = parts.count > 1 ? parts[1] : ""
        let all = whole + fraction
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        if digits.isEmpty {
            self.digits = "0"
            self.point = 1
        } else {
            self.digits = String(digits)
            self.point = whole.count + exponent - leading
        }
    }
}
