public import ChatTemplates

/// A call of a tool that the assistant asks for.
public struct ChatToolCall: Sendable, Hashable {
    /// What the result refers to; nil where the model gives calls no names.
    public var id: String?
    /// The tool's name.
    public var name: String
    /// The arguments as a JSON object. A text that is none goes to templates as it is.
    public var arguments: String

    public init(id: String? = nil, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// - Parameter arguments: By name.
    public init(id: String? = nil, name: String, arguments: TemplateDictionary) {
        self.init(id: id, name: name, arguments: TemplateValue.dictionary(arguments).json)
    }
}

extension ChatToolCall {
    /// - Parameter path: How the call is named in errors.
    init(json value: TemplateValue, at path: String) throws(MullamaError) {
        guard case .dictionary(let call) = value else { throw JSONField.wrong(path, "an object", value) }
        var function = call
        // Some write the name and the arguments into the call itself.
        if let nested = call["function"] {
            guard case .dictionary(let dictionary) = nested else { throw JSONField.wrong("\(path).function", "an object", nested) }
            function = dictionary
        }
        self.id = try JSONField.text(call, "id", at: path)
        guard let name = try JSONField.text(function, "name", at: path) else {
            throw MullamaError(.invalidRequest, "\(path) has no name: give {\"function\": {\"name\": …, \"arguments\": …}}")
        }
        self.name = name
        switch function["arguments"] ?? .none {
        case .none: self.arguments = "{}"
        case .string(let text): self.arguments = text
        case .dictionary(let arguments): self.arguments = TemplateValue.dictionary(arguments).json
        case let other: throw JSONField.wrong("\(path).arguments", "an object or its text", other)
        }
    }

    /// As OpenAI's API writes it, with the arguments as text.
    var json: TemplateValue { self.value(.string(self.arguments)) }

    /// As Hugging Face's templates want it, with the arguments as a dictionary.
    var templateValue: TemplateValue {
        guard let arguments = try? TemplateValue(json: self.arguments), case .dictionary = arguments else { return self.json }
        return self.value(arguments)
    }

    private func value(_ arguments: TemplateValue) -> TemplateValue {
        var call = TemplateDictionary()
        call["id"] = self.id.map { .string($0) }
        call["type"] = "function"
        call["function"] = ["name": .string(self.name), "arguments": arguments]
        return .dictionary(call)
    }
}
