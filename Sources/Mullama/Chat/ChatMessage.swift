public import ChatTemplates

/// One message of a conversation.
///
/// As `Codable` it has the shape of OpenAI's API: `role`, `content`, `tool_calls` and so on. Fields that have no property here are kept in
/// ``other``, written again, and shown to the template.
public struct ChatMessage: Sendable, Hashable {
    /// Who speaks. Templates decide which roles there are; these are the usual ones.
    public struct Role: RawRepresentable, Sendable, Hashable, Codable, ExpressibleByStringLiteral {
        public var rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public init(stringLiteral value: String) {
            self.rawValue = value
        }

        public init(from decoder: any Decoder) throws {
            self.rawValue = try decoder.singleValueContainer().decode(String.self)
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(self.rawValue)
        }

        public static let system: Role = "system"
        public static let user: Role = "user"
        public static let assistant: Role = "assistant"
        /// The result of a tool that the assistant called.
        public static let tool: Role = "tool"
        /// What some models call ``system``.
        public static let developer: Role = "developer"
    }

    /// A part of a message's text.
    public struct Part: Sendable, Hashable {
        public var text: String

        public init(text: String) {
            self.text = text
        }
    }

    /// How the text is written. Templates tell these apart.
    enum Content: Sendable, Hashable {
        case absent
        case null
        case text(String)
        case parts([Part])
    }

    public var role: Role
    var body: Content
    /// What the assistant thought before it answered. The template sees it as `reasoning_content` and as `thinking`; most show none but the
    /// latest.
    public var reasoning: String?
    /// What the assistant wants to be called.
    public var toolCalls: [ChatToolCall]
    /// Of a tool's result: the ``ChatToolCall/id`` of the call.
    public var toolCallID: String?
    /// Of a tool's result: the tool's name. Else who of several speaks.
    public var name: String?
    /// Whether the answer was broken off: by a cancel, a deadline or an error. Templates do not see it.
    public var isIncomplete = false
    /// Further fields, for templates that know them.
    public var other = TemplateDictionary()

    /// - Parameter content: The text. Empty for a message that has tool calls alone.
    public init(
        _ role: Role,
        _ content: String = "",
        reasoning: String? = nil,
        toolCalls: [ChatToolCall] = [],
        toolCallID: String? = nil,
        name: String? = nil
    ) {
        self.role = role
        self.body = .text(content)
        self.reasoning = reasoning
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
        self.name = name
    }

    /// A message whose text comes in parts. Templates put them together, each in its own way.
    public init(_ role: Role, parts: [Part]) {
        self.init(role)
        self.body = .parts(parts)
    }

    /// What a tool gave back.
    public static func toolResult(_ content: String, of call: ChatToolCall) -> ChatMessage {
        ChatMessage(.tool, content, toolCallID: call.id, name: call.name)
    }

    /// The text: of a message in parts, that of all parts one after the other. Setting it makes it one text.
    public var content: String {
        get {
            switch self.body {
            case .absent, .null: ""
            case .text(let text): text
            case .parts(let parts): parts.map(\.text).joined()
            }
        }
        set { self.body = .text(newValue) }
    }

    /// The parts of the text; nil for a message whose text is one string.
    public var parts: [Part]? {
        if case .parts(let parts) = self.body { parts } else { nil }
    }
}
