import ChatTemplates
import Mullama

/// A conversation in OpenAI's words: what a chat template is rendered with, whether it is to be answered or to be shown.
struct ChatConversation: Sendable {
    let messages: [ChatMessage]
    let tools: [TemplateValue]
    /// What the template knows beside them.
    let variables: TemplateDictionary

    init(_ fields: RequestFields) throws(APIError) {
        self.messages = try Self.messages(fields)
        self.tools = try Self.tools(fields)
        self.variables = try Self.variables(fields)
    }

    var prompt: InferenceRequest.Prompt { .chat(messages: self.messages, tools: self.tools, variables: self.variables) }

    // MARK: Messages

    private static func messages(_ fields: RequestFields) throws(APIError) -> [ChatMessage] {
        guard let items = try fields.list("messages") else {
            throw APIError.invalid("messages", "messages is missing: give a list of {\"role\": …, \"content\": …}")
        }
        guard !items.isEmpty else { throw APIError.invalid("messages", "messages is empty: give at least one message") }
        var messages: [ChatMessage] = []
        for (index, item) in items.enumerated() {
            let path = "messages[\(index)]"
            do throws(MullamaError) {
                messages.append(try ChatMessage(json: item, at: path))
            } catch {
                throw APIError.invalid(path, error.message)
            }
            try Self.check(item, messages[index].role, path)
        }
        return messages
    }

    /// What a template would fail on, or leave out without a word.
    private static func check(_ item: TemplateValue, _ role: ChatMessage.Role, _ path: String) throws(APIError) {
        let message = try RequestFields(item, path: path)
        if message["content"] == nil, role != .assistant {
            throw APIError.invalid(path, "\(path) has no content: give a text, or a list of parts of the type 'text'")
        }
        for name in ["audio", "function_call"] { try message.refuse(name, because: "give content and tool_calls") }
    }

    // MARK: Tools

    /// The tools that the template is to describe. Which of them the model calls, if any, is the model's choice: that cannot be forced.
    private static func tools(_ fields: RequestFields) throws(APIError) -> [TemplateValue] {
        let tools = try fields.list("tools") ?? []
        for (index, tool) in tools.enumerated() {
            let tool = try RequestFields(tool, path: "tools[\(index)]")
            try tool.refuse("type", unless: ["function"], because: "only tools of the type 'function' are known")
            guard let function = try tool.fields("function"), try function.string("name") != nil else {
                throw APIError.invalid(
                    "tools[\(index)]",
                    "tools[\(index)] has no name: give {\"type\": \"function\", \"function\": {\"name\": …}}"
                )
            }
        }
        return try Self.mayCall(fields) ? tools : []
    }

    private static func mayCall(_ fields: RequestFields) throws(APIError) -> Bool {
        switch fields["tool_choice"] {
        case nil, .string("auto"): return true
        case .string("none"): return false
        case .string("required"), .dictionary:
            throw APIError.invalid(
                "tool_choice",
                code: "unsupported_parameter",
                "tool_choice cannot force a call: give 'auto' to leave it to the model, or 'none' to keep the tools from it"
            )
        case let other?: throw fields.wrong("tool_choice", "'auto' or 'none'", other)
        }
    }

    private static func variables(_ fields: RequestFields) throws(APIError) -> TemplateDictionary {
        var variables = TemplateDictionary()
        if let effort = try fields.string("reasoning_effort") { variables["reasoning_effort"] = .string(effort) }
        for (name, value) in try fields.fields("chat_template_kwargs")?.object ?? [:] { variables[name] = value }
        // The conversation has one place.
        for name in ["messages", "tools"] where variables[name] != nil {
            throw APIError.invalid("chat_template_kwargs", "chat_template_kwargs has \(name): give \(name) beside it instead")
        }
        return variables
    }
}
