/// How many columns of a terminal a character takes.
enum CharacterWidth {
    /// A tab is shown as that many spaces: where it would end depends on what stands before it.
    static let tab = 4

    static func of(_ character: Character) -> Int {
        if character == "\t" { return self.tab }
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        // A picture that is asked for, or a flag made of two letters.
        if scalars.contains(where: { $0.value == 0xFE0F }) || first.properties.isEmojiPresentation { return 2 }
        if self.isWide(first.value) { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }

    static func of(_ text: some Sequence<Character>) -> Int { text.reduce(0) { $0 + self.of($1) } }

    /// The scripts that Unicode's East Asian Width calls wide or fullwidth, in their blocks.
    private static func isWide(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97C,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x1F200...0x1F2FF,
            0x20000...0x3FFFD:
            true
        default:
            false
        }
    }
}
