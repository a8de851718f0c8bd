import Hummingbird
import Mullama

extension OllamaAPI {
    func generate(_ request: Request, _ context: ServerContext) async throws -> Response {
        let request = try OllamaRequest(try await self.fields(request))
        guard let prompt = try Self.generatePrompt(request) else { return try await self.rest(request, .generate, context) }
        return try await self.answer(prompt, request, .generate, context)
    }

    /// Nil if there is nothing to generate.
    static func generatePrompt(_ request: OllamaRequest) throws(APIError) -> InferenceRequest.Prompt? {
        let fields = request.fields
        try fields.refuse(list: "images", because: OllamaRequest.imagesReason)
        try fields.refuse(list: "context", because: "Ollama has it on its way out, too: send the conversation to /api/chat")
        try fields.refuse(
            "template",
            unless: [""],
            because: "the model's own is used: send what you have rendered yourself with \"raw\": true"
        )
        let prompt = try fields.string("prompt") ?? ""
        let suffix = try fields.string("suffix") ?? ""
        let system = try fields.string("system") ?? ""
        let isRaw = try fields.boolean("raw") ?? false
        if isRaw || !suffix.isEmpty {
            let kind = isRaw ? "a raw prompt" : "a prompt with a suffix"
            try fields.refuse("system", unless: [""], because: "\(kind) has no place for it")
        }
        if isRaw { try fields.refuse("suffix", unless: [""], because: "a raw prompt has no place for it") }
        if !suffix.isEmpty { return .infill(prefix: prompt, suffix: suffix) }
        guard !prompt.isEmpty else { return nil }
        if isRaw { return .rendered(prompt) }
        let instructions = system.isEmpty ? [] : [ChatMessage(.system, system)]
        return .chat(messages: instructions + [ChatMessage(.user, prompt)], tools: [], variables: request.variables)
    }
}
