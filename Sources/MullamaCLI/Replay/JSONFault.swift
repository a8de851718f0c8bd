import Mullama

/// What is wrong with a piece of JSON, in words.
enum JSONFault {
    static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\(self.name(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(let type, let context):
            "\(self.name(context.codingPath)) must be \(self.words(type))"
        case DecodingError.valueNotFound(let type, let context):
            "\(self.name(context.codingPath)) must be \(self.words(type))"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(self.name(context.codingPath)): \(context.debugDescription)"
        default:
            "it is no JSON"
        }
    }

    /// "prompt[2]".
    private static func name(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "it" }
        return path.reduce("") { name, key in
            key.intValue.map { "\(name)[\($0)]" } ?? (name.isEmpty ? key.stringValue : "\(name).\(key.stringValue)")
        }
    }

    private static func words(_ type: any Any.Type) -> String {
        if type is any BinaryInteger.Type { return "a whole number" }
        if type is Double.Type { return "a number" }
        if type is String.Type { return "a string" }
        if type is Bool.Type { return "true or false" }
        return type is any Collection.Type && !(type is [String: Any].Type) ? "an array" : "an object"
    }
}
