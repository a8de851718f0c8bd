import Mullama

/// The tokens of a text.
struct TokenList: Encodable {
    struct Entry: Encodable {
        let id: Token
        /// The token's text; bytes of a character that it holds only a part of are shown as U+FFFD.
        let piece: String
    }

    let count: Int
    let tokens: [Entry]

    init(_ tokens: [Entry]) {
        self.count = tokens.count
        self.tokens = tokens
    }

    /// A token a line: its number, a tab, its text.
    var text: String {
        self.tokens.map { "\($0.id)\t\(Self.visible($0.piece))\n" }.joined()
    }

    /// What would break the line or hide on it is written as Swift writes it.
    static func visible(_ piece: String) -> String {
        var shown = ""
        for scalar in piece.unicodeScalars {
            switch scalar {
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            case "\r": shown += "\\r"
            case "\\": shown += "\\\\"
            case _ where scalar.properties.generalCategory == .control:
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
