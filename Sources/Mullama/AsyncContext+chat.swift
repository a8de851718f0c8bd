public import ChatTemplates

extension AsyncContext {
    /// Starts the answer to a conversation, rendered with the model's chat template. For a conversation that goes on, see ``ChatSession``.
    ///
    /// Rendering and turning the prompt into tokens are a part of the call: they take place on the model's own thread for text, and calls keep their
    /// order. Errors are thrown by the stream, those of the template too.
    ///
    /// - Parameters:
    ///   - messages: At least one.
    ///   - tools: Descriptions of the tools that the model may call, as
    ///     ``AsyncModel/applyTemplate(_:tools:addGenerationPrompt:variables:template:date:)`` takes them.
    ///   - variables: What the template knows beside that, such as `enable_thinking`.
    ///   - template: Which of ``AsyncModel/chatTemplates``; nil for the usual one.
    ///   - maxTokens: The most tokens to generate, at least 1, or 0 with ``GenerationOptions/promptLogprobs``. The answer ends at the
    ///     context's end in any case, so that `Int.max` means "up to there".
    public func stream(
        chat messages: [ChatMessage],
        tools: [TemplateValue] = [],
        variables: TemplateDictionary = [:],
        template: String? = nil,
        maxTokens: Int = 256,
        options: GenerationOptions = .init()
    ) -> GenerationStream {
        var prompt = ChatPrompt(messages)
        prompt.tools = tools.isEmpty ? .none : .list(tools)
        prompt.variables = variables
        prompt.template = template
        return self.stream(prompt, maxTokens: maxTokens, options: options)
    }

    /// The same for who has the template's variables as values.
    package func stream(_ prompt: ChatPrompt, maxTokens: Int, options: GenerationOptions) -> GenerationStream {
        self.stream(.chat(prompt, self.model.templates), maxTokens: maxTokens, options: options)
    }
}
