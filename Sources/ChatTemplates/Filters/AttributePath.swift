/// How filters name attributes: `author.name`, `0.name`, 0, and `name,age` for several.
enum AttributePath {
    /// The parts of one path; digits are indices. None at all for the item itself.
    static func parts(of attribute: Value?) -> [Value] {
        switch attribute {
        case nil, .some(.none): []
        case .some(.string(let text)): Self.parts(of: text)
        case .some(let value): [value]
        }
    }

    private static func parts(of text: Text) -> [Value] {
        text.split(by: ".", limit: .max).map { part in
            part.all(\.isDigit) ? Int(part.string).map { .integer($0) } ?? .string(part) : .string(part)
        }
    }

    /// The parts of several paths with commas between them.
    static func several(_ attribute: Value?) -> [[Value]] {
        guard case .some(.string(let text)) = attribute else { return [Self.parts(of: attribute)] }
        return text.split(by: ",", limit: .max).map { Self.parts(of: $0) }
    }
}
