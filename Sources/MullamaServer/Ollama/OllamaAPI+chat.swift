import ChatTemplates
import Hummingbird
import Mullama

extension OllamaAPI {
    func chat(_ request: Request, _ context: ServerContext) async throws -> Response {
        let request = try OllamaRequest(try await self.fields(request))
        let messages = try Self.messages(try request.fields.list("messages") ?? [])
        let tools = try request.fields.list("tools") ?? []
        guard !messages.isEmpty else { return try await self.rest(request, .chat, context) }
        let prompt = InferenceRequest.Prompt.chat(messages: messages, tools: tools, variables: request.variables)
        return try await self.answer(prompt, request, .chat, context) { model in
            guard tools.isEmpty || model.chatTemplates.knowsTools else {
                throw APIError.invalid(
                    "tools",
                    code: "unsupported_parameter",
                    "the model does not support tools: its chat template never shows them"
                )
            }
        }
    }

    private static func messages(_ items: [TemplateValue]) throws -> [ChatMessage] {
        try items.enumerated().map { index, item in
            let path = "messages[\(index)]"
            let fields = try RequestFields(item, path: path)
            try fields.refuse(list: "images", because: OllamaRequest.imagesReason)
            var object = fields.object
            object["images"] = nil
            // Ollama's name for the tool whose result it is.
            if let tool = fields["tool_name"], fields["name"] == nil { object["name"] = tool }
            object["tool_name"] = nil
            return try ChatMessage(json: .dictionary(object), at: path)
        }
    }
}

extension [ModelChatTemplate] {
    /// Whether the model gets to see tools. ChatML, which stands in for a missing template, names them only to refuse them.
    var knowsTools: Bool {
        self.contains { $0.name == "tool_use" || $0.name == nil && !$0.isFallback && $0.source.contains("tools") }
    }
}
