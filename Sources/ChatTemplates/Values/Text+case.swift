extension Text {
    private func mapped(ascii: (UInt8) -> UInt8, _ transform: (Text) -> [UInt8]) -> Text {
        Text(self.isASCII ? self.bytes.map(ascii) : transform(self)).safe(self.isSafe)
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
    private static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }

    func lowercased() -> Text {
        self.mapped(ascii: Self.lower) { text in
            let scalars = Array(text.scalars)
            var bytes: [UInt8] = []
            for place in scalars.indices { bytes.append(Self.lower(at: place, of: scalars)) }
            return bytes
        }
    }

    func uppercased() -> Text {
        self.mapped(ascii: Self.upper) { text in
            var bytes: [UInt8] = []
            for scalar in text.scalars { bytes.append(scalar.properties.uppercaseMapping) }
            return bytes
        }
    }

    /// The first code point in title case, the others in lower case.
    func capitalized() -> Text {
        self.titled { place, _ in place == 0 }
    }

    /// `str.title`: every letter that follows none is in title case.
    func titlecased() -> Text {
        self.titled { place, scalars in place == 0 || !scalars[place - 1].isCased }
    }

    private func titled(_ isFirst: (Int, [Unicode.Scalar]) -> Bool) -> Text {
        let scalars = Array(self.scalars)
        var bytes: [UInt8] = []
        for place in scalars.indices {
            bytes.append(isFirst(place, scalars) ? scalars[place].properties.titlecaseMapping : Self.lower(at: place, of: scalars))
        }
        return Text(bytes).safe(self.isSafe)
    }

    func swappedCase() -> Text {
        let scalars = Array(self.scalars)
        var bytes: [UInt8] = []
        for (place, scalar) in scalars.enumerated() {
            if scalar.isUpper {
                bytes.append(Self.lower(at: place, of: scalars))
            } else {
                bytes.append(scalar.isLower ? scalar.properties.uppercaseMapping : String(scalar))
            }
        }
        return Text(bytes).safe(self.isSafe)
    }

    /// A capital sigma at the end of a word has a form of its own.
    private static func lower(at place: Int, of scalars: [Unicode.Scalar]) -> String {
        guard scalars[place] == "\u{3A3}" else { return scalars[place].properties.lowercaseMapping }
        let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && after?.properties.isCased != true ? "\u{3C2}" : "\u{3C3}"
    }

    /// Whether there is a cased letter and all cased letters satisfy a condition: `islower`, `isupper`.
    func allCased(_ condition: (Unicode.Scalar) -> Bool) -> Bool {
        var found = false
        for scalar in self.scalars where scalar.isCased {
            guard condition(scalar) else { return false }
            found = true
        }
        return found
    }

    var isTitlecased: Bool {
        var found = false
        var followsCased = false
        for scalar in self.scalars {
            if scalar.isUpper || scalar.isTitle {
                if followsCased { return false }
                found = true
            } else if scalar.isLower, !followsCased {
                return false
            }
            followsCased = scalar.isCased
        }
        return found
    }

    /// Whether there are code points and all satisfy a condition.
    func all(_ condition: (Unicode.Scalar) -> Bool) -> Bool {
        !self.isEmpty && self.scalars.allSatisfy(condition)
    }
}
