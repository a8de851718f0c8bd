public import ChatTemplates

/// What a chat is made for.
public struct ChatParams: Sendable, Hashable {
    /// The context that the chat computes in.
    public var context: ContextParams
    /// Descriptions of tools, as ``AsyncModel/applyTemplate(_:tools:addGenerationPrompt:variables:template:date:)`` takes them.
    public var tools: [TemplateValue]
    /// Further variables of the template, such as `enable_thinking`.
    public var variables: TemplateDictionary
    /// Which of the model's templates; nil for the usual one.
    public var template: String?
    /// Whether an answer is computed as a part of the next prompt as soon as it has ended, so that the next turn has its own message to compute
    /// and no more. It is done when the model has nothing else to do, and broken off for the next turn; it counts as a generation in
    /// ``AsyncModel/metrics``.
    public var precomputes: Bool

    public init(
        context: ContextParams = .init(),
        tools: [TemplateValue] = [],
        variables: TemplateDictionary = [:],
        template: String? = nil,
        precomputes: Bool = true
    ) {
        self.context = context
        self.tools = tools
        self.variables = variables
        self.template = template
        self.precomputes = precomputes
    }
}
