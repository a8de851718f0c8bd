import ChatTemplates

/// Reads the fields of a JSON object that somebody else wrote.
enum JSONField {
    /// The text of a field; nil if it is missing or null.
    static func text(_ object: TemplateDictionary, _ name: String, at path: String) throws(MullamaError) -> String? {
        switch object[name] ?? .none {
        case .none: nil
        case .string(let text): text
        case let other: throw self.wrong("\(path).\(name)", "a string", other)
        }
    }

    /// The items of a field; none if it is missing or null.
    static func list(_ object: TemplateDictionary, _ name: String, at path: String) throws(MullamaError) -> [TemplateValue] {
        switch object[name] ?? .none {
        case .none: []
        case .list(let items): items
        case let other: throw self.wrong("\(path).\(name)", "a list", other)
        }
    }

    static func wrong(_ path: String, _ wanted: String, _ value: TemplateValue) -> MullamaError {
        let found =
            switch value {
            case .none: "null"
            case .boolean: "true or false"
            case .integer, .double: "a number"
            case .string: "a string"
            case .list: "a list"
            case .dictionary: "an object"
            }
        return MullamaError(.invalidRequest, "\(path) is \(found): it must be \(wanted)")
    }
}
