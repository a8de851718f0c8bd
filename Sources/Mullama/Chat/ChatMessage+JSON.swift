package import ChatTemplates

extension ChatMessage: Codable {
    /// - Throws: `DecodingError` for what is no message, and for parts that are not text.
    ///
    /// Foundation's decoders do not tell the order of keys: that of ``other`` fields that are objects, and of arguments that are no text, is lost.
    /// ``ChatSession/load(from:)`` keeps it.
    public init(from decoder: any Decoder) throws {
        let value = try TemplateValue(from: decoder)
        do {
            try self.init(json: value, at: "message")
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.message, underlyingError: error)
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try self.json.encode(to: encoder)
    }
}

extension ChatMessage {
    /// - Parameter path: How the message is named in errors.
    package init(json value: TemplateValue, at path: String) throws(MullamaError) {
        guard case .dictionary(var fields) = value else { throw JSONField.wrong(path, "an object", value) }
        guard let role = try JSONField.text(fields, "role", at: path) else {
            throw MullamaError(.invalidRequest, "\(path) has no role: give \"user\", \"assistant\" or another")
        }
        self.init(Role(rawValue: role))
        self.body = try Self.content(fields["content"], at: "\(path).content")
        for (index, call) in try JSONField.list(fields, "tool_calls", at: path).enumerated() {
            self.toolCalls.append(try ChatToolCall(json: call, at: "\(path).tool_calls[\(index)]"))
        }
        self.toolCallID = try JSONField.text(fields, "tool_call_id", at: path)
        self.name = try JSONField.text(fields, "name", at: path)
        if case .boolean(let isIncomplete) = fields["incomplete"] { self.isIncomplete = isIncomplete }
        // Servers do not agree on its name.
        for name in ["thinking", "reasoning", "reasoning_content"] {
            guard case .string(let text) = fields[name] else { continue }
            self.reasoning = text
            fields[name] = nil
        }
        for name in ["role", "content", "tool_calls", "tool_call_id", "name", "incomplete"] { fields[name] = nil }
        self.other = fields
    }

    private static func content(_ value: TemplateValue?, at path: String) throws(MullamaError) -> Content {
        switch value {
        case nil: return .absent
        case .none?: return .null
        case .string(let text): return .text(text)
        case .list(let items):
            var parts: [Part] = []
            for (index, item) in items.enumerated() { parts.append(try Self.part(item, at: "\(path)[\(index)]")) }
            return .parts(parts)
        case let other?: throw JSONField.wrong(path, "a string or a list of parts", other)
        }
    }

    private static func part(_ value: TemplateValue, at path: String) throws(MullamaError) -> Part {
        if case .string(let text) = value { return Part(text: text) }
        guard case .dictionary(let part) = value else { throw JSONField.wrong(path, "a part", value) }
        guard let kind = try JSONField.text(part, "type", at: path), kind == "text" else {
            let kind = part["type"]?.json ?? "missing"
            throw MullamaError(.invalidRequest, "\(path).type is \(kind): only parts of the type \"text\" can be read here")
        }
        guard let text = try JSONField.text(part, "text", at: path) else {
            throw MullamaError(.invalidRequest, "\(path) has no text: give {\"type\": \"text\", \"text\": …}")
        }
        return Part(text: text)
    }

    /// In the shape of OpenAI's API.
    package var json: TemplateValue {
        var fields = self.fields(\.json)
        fields["reasoning_content"] = self.reasoning.map { .string($0) }
        if self.isIncomplete { fields["incomplete"] = true }
        return .dictionary(fields)
    }

    /// As Hugging Face's templates want it.
    var templateValue: TemplateValue {
        var fields = self.fields(\.templateValue)
        for name in ["reasoning_content", "thinking"] { fields[name] = self.reasoning.map { .string($0) } }
        return .dictionary(fields)
    }

    private func fields(_ call: (ChatToolCall) -> TemplateValue) -> TemplateDictionary {
        var fields: TemplateDictionary = ["role": .string(self.role.rawValue)]
        switch self.body {
        case .absent: break
        case .null: fields["content"] = TemplateValue.none
        case .text(let text): fields["content"] = .string(text)
        case .parts(let parts): fields["content"] = .list(parts.map { ["type": "text", "text": .string($0.text)] })
        }
        if !self.toolCalls.isEmpty { fields["tool_calls"] = .list(self.toolCalls.map(call)) }
        fields["tool_call_id"] = self.toolCallID.map { .string($0) }
        fields["name"] = self.name.map { .string($0) }
        for (key, value) in self.other where fields[key] == nil { fields[key] = value }
        return fields
    }
}
