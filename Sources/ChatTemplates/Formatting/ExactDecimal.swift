/// All decimal digits of a finite number, for rounding that is right to the last digit: 0.`digits` · 10^`point`, without a sign.
struct ExactDecimal {
    private(set) var digits: [UInt8]
    private(set) var point: Int

    init(_ value: Double) {
        // magnitude = significand · 2^exponent, both integers.
        let magnitude = value.magnitude
        guard magnitude > 0, magnitude.isFinite else {
            self.digits = []
            self.point = 0
            return
        }
        let isNormal = magnitude.exponentBitPattern != 0
        let significand = magnitude.significandBitPattern | (isNormal ? 1 << 52 : 0)
        let exponent = (isNormal ? Int(magnitude.exponentBitPattern) : 1) - 1075
        // A number to the base 10^9, least significant part first. Dividing by 2 is multiplying by 5 and dividing by 10.
        var parts: [UInt64] = []
        var rest = significand
        while rest > 0 {
            parts.append(rest % 1_000_000_000)
            rest /= 1_000_000_000
        }
        for _ in 0..<abs(exponent) { Self.multiply(&parts, by: exponent > 0 ? 2 : 5) }
        var digits: [UInt8] = []
        for (place, part) in parts.reversed().enumerated() {
            let text = String(part)
            if place > 0 { digits.append(contentsOf: repeatElement(0, count: 9 - text.utf8.count)) }
            digits.append(contentsOf: text.utf8.map { $0 - 0x30 })
        }
        self.point = digits.count + min(exponent, 0)
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
    }

    private static func multiply(_ parts: inout [UInt64], by factor: UInt64) {
        var carry: UInt64 = 0
        for place in parts.indices {
            let product = parts[place] * factor + carry
            parts[place] = product % 1_000_000_000
            carry = product / 1_000_000_000
        }
        if carry > 0 { parts.append(carry) }
    }

    /// Keeps a number of digits, rounding half to even.
    private mutating func keep(_ count: Int) {
        guard count < self.digits.count else { return }
        guard count >= 0 else {
            self.digits = []
            return
        }
        let next = self.digits[count]
        let isHalf = next == 5 && self.digits[(count + 1)...].allSatisfy { $0 == 0 }
        let last = count > 0 ? self.digits[count - 1] : 0
        let roundsUp = isHalf ? last % 2 == 1 : next >= 5
        self.digits.removeSubrange(count...)
        guard roundsUp else { return }
        var place = count - 1
        while place >= 0 {
            if self.digits[place] < 9 {
                self.digits[place] += 1
                return
            }
            self.digits[place] = 0
            place -= 1
        }
        self.digits.insert(1, at: 0)
        self.point += 1
    }

    /// With a number of digits after the point: `%.2f`.
    mutating func fixed(_ precision: Int) -> String {
        self.keep(self.point + precision)
        var whole = ""
        var fraction = ""
        for place in min(self.point, 0)..<max(self.point + precision, 0) {
            let digit = place >= 0 && place < self.digits.count ? self.digits[place] : 0
            if place < self.point {
                whole.append(Character(Unicode.Scalar(digit + 0x30)))
            } else {
                fraction.append(Character(Unicode.Scalar(digit + 0x30)))
            }
        }
        while fraction.utf8.count < precision { fraction.append("0") }
        return (whole.isEmpty ? "0" : whole) + (precision > 0 ? "." + fraction : "")
    }

    /// As a whole number, rounded to a multiple of a power of ten.
    mutating func rounded(toPowerOf10 power: Int) -> String {
        self.keep(self.point - power)
        guard !self.digits.isEmpty, self.point > 0 else { return "0" }
        let digits = String(decoding: self.digits.map { $0 + 0x30 }, as: UTF8.self)
        return digits + String(repeating: "0", count: max(0, self.point - self.digits.count))
    }

    /// The digits of the scientific notation, `precision` of them after the point, and the exponent.
    mutating func scientific(_ precision: Int) -> (digits: String, exponent: Int) {
        self.keep(precision + 1)
        var text = ""
        for place in 0...precision { text.append(Character(Unicode.Scalar((place < self.digits.count ? self.digits[place] : 0) + 0x30))) }
        return (text, self.digits.isEmpty ? 0 : self.point - 1)
    }
}
