/// Sizes as people write them: `8GB`, `512 MiB`, `1.5GB`, `4000000000`.
enum ByteSize {
    private static let units: [String: Double] = [
        "": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
        "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30, "tib": 0x1p40,
    ]

    /// - Returns: Nil for what is no size, or one that no machine has.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
        guard let number = Double(digits), let scale = Self.units[unit] else { return nil }
        return Int(exactly: (number * scale).rounded(.down))
    }
}
