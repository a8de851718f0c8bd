import ChatTemplates
import Hummingbird
import Mullama

extension OllamaAPI {
    func chat(_ request: Request, _ context: ServerContext) async throws -> Response {
        let request = try OllamaRequest(try await self.fields(request))
        guard let prompt = try Self.chatPrompt(request) else { return try await self.rest(request, .chat, context) }
        return try await self.answer(prompt, request, .chat, context)
    }

    /// Nil if there is nothing to answer.
    static func chatPrompt(_ request: OllamaRequest) throws -> InferenceRequest.Prompt? {
        let messages = try Self.messages(try request.fields.list("messages") ?? [])
        let tools = try request.fields.list("tools") ?? []
        return messages.isEmpty ? nil : .chat(messages: messages, tools: tools, variables: request.variables)
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
