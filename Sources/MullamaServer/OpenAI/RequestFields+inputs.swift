import ChatTemplates
import Mullama

extension RequestFields {
    /// A text, a list of texts, a list of tokens, or a list of such lists; nil if the field is missing.
    ///
    /// - Throws: ``APIError`` with the place of what is none of them. Lists are not empty.
    func inputs(_ field: String) throws(APIError) -> [TextInput]? {
        guard let value = self[field] else { return nil }
        switch value {
        case .string(let text): return [.text(text)]
        case .list(let items): return try self.inputs(items, field)
        default: throw self.wrong(field, "a string, a list of strings, a list of tokens, or a list of lists of tokens", value)
        }
    }

    private func inputs(_ items: [TemplateValue], _ field: String) throws(APIError) -> [TextInput] {
        guard let first = items.first else { throw APIError.invalid(self.name(field), "\(self.name(field)) is empty: give at least one") }
        if case .integer = first { return [.tokens(try self.tokens(items, field))] }
        var inputs: [TextInput] = []
        for (index, item) in items.enumerated() {
            let place = "\(field)[\(index)]"
            switch item {
            case .string(let text): inputs.append(.text(text))
            case .list(let tokens): inputs.append(.tokens(try self.tokens(tokens, place)))
            default: throw self.wrong(place, "a string or a list of tokens", item)
            }
        }
        return inputs
    }

    private func tokens(_ items: [TemplateValue], _ field: String) throws(APIError) -> [Token] {
        guard !items.isEmpty else { throw APIError.invalid(self.name(field), "\(self.name(field)) is empty: give at least one token") }
        var tokens: [Token] = []
        tokens.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            guard case .integer(let number) = item, number >= 0, let token = Int32(exactly: number) else {
                throw self.wrong("\(field)[\(index)]", "a token's number", item)
            }
            tokens.append(Token(rawValue: token))
        }
        return tokens
    }
}
