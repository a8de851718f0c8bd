package import ChatTemplates

/// What a chat template is rendered with.
package struct ChatPrompt: Sendable {
    /// A list.
    package var messages: TemplateValue
    /// A list, or none.
    package var tools: TemplateValue = .none
    package var addGenerationPrompt = true
    /// Further variables, which may also take the place of those that come from the model.
    package var variables = TemplateDictionary()
    /// Which of the model's templates; nil for the usual one.
    package var template: String?
    /// What time the template is told that it is.
    package var date = TemplateDate.now

    package init(messages: TemplateValue) {
        self.messages = messages
    }

    init(_ messages: [ChatMessage]) {
        self.init(messages: .list(messages.map(\.templateValue)))
    }

    static let isEmpty = MullamaError(.invalidRequest, "the conversation is empty: give at least one message")
}
