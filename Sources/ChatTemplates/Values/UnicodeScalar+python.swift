/// What Python's string methods ask of a code point.
extension Unicode.Scalar {
    /// What `str.isspace`, `str.strip` and `\s` of a regular expression take for white space.
    var isPythonSpace: Bool {
        switch self.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// What `str.splitlines` breaks at.
    var isLineBreak: Bool {
        switch self.value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// What `repr` shows as it is.
    var isPrintable: Bool {
        if self.isASCII { return (0x20..<0x7F).contains(self.value) }
        return switch self.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: false
        default: true
        }
    }

    var isLetter: Bool {
        switch self.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    var isDecimal: Bool { self.properties.generalCategory == .decimalNumber }
    var isDigit: Bool { self.properties.numericType == .digit || self.properties.numericType == .decimal }
    var isNumeric: Bool { self.properties.numericType != nil }
    /// `\w` of a regular expression.
    var isWord: Bool { self == "_" || self.isLetter || self.isNumeric }
    var isUpper: Bool { self.properties.isUppercase }
    var isLower: Bool { self.properties.isLowercase }
    var isTitle: Bool { self.properties.generalCategory == .titlecaseLetter }
    var isCased: Bool { self.isUpper || self.isLower || self.isTitle }
    /// Whether an identifier may begin with it.
    var startsIdentifier: Bool { self == "_" || self.properties.isXIDStart }
    var continuesIdentifier: Bool { self.properties.isXIDContinue }
}
