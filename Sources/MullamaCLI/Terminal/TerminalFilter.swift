/// Keeps text from giving orders to a terminal: what a model or a file says is shown, never obeyed.
enum TerminalFilter {
    /// The text with U+FFFD for every control character but newline and tab: the C0 set, DEL, and the C1 set, some of which start escape
    /// sequences as well as ESC does. Works on any part of a text alone.
    static func clean(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: self.isOrder) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            shown.append(self.isOrder(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(shown)
    }

    /// The same for one line of a message or a table: newlines and tabs become spaces.
    static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: { $0.isNewline || $0 == "\t" }).joined(separator: " ")
        return self.clean(line)
    }

    private static func isOrder(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F: true
        default: false
        }
    }
}
