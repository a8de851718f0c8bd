/// Puts text from outside into a message: in quotes, on one line, and short.
package enum Quoted {
    package static func text(_ text: some StringProtocol) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(100) {
            // A control character in an error message could move the cursor of the terminal that shows it.
            shown.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return "'\(shown)\(text.unicodeScalars.count > 100 ? "…" : "")'"
    }
}
