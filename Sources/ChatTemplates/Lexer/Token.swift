/// A piece of the text inside of tags, or the text between tags.
struct Token {
    enum Kind: Equatable {
        /// Text between tags.
        case text([UInt8])
        case outputBegin
        case outputEnd
        case blockBegin
        case blockEnd
        case name(String)
        case string(Text)
        case integer(Int)
        case double(Double)
        /// An operator or a bracket.
        case symbol(String)
        case end
    }

    let kind: Kind
    /// The byte at which it starts.
    let position: Int

    /// What it is, for an error message.
    var description: String {
        switch self.kind {
        case .text: "text"
        case .outputBegin: "'{{'"
        case .outputEnd: "'}}'"
        case .blockBegin: "'{%'"
        case .blockEnd: "'%}'"
        case .name(let name): "'\(name)'"
        case .string(let text): "the text \(PythonText.short(.string(text)))"
        case .integer(let value): "'\(value)'"
        case .double(let value): "'\(PythonText.double(value))'"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end of the template"
        }
    }
}
