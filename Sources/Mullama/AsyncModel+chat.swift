public import ChatTemplates

extension AsyncModel {
    /// The chat template that is used where none is named. Its ``ModelChatTemplate/isFallback`` says whether the model's file has none.
    public var chatTemplate: ModelChatTemplate { self.templates.all[0] }

    /// All of the model's chat templates, ``chatTemplate`` first. Some models bring further ones, with names, for tools or retrieval.
    public var chatTemplates: [ModelChatTemplate] { self.templates.all }

    /// The conversation as the prompt that the model was trained on, as Hugging Face's transformers renders it. For
    /// ``AsyncContext/stream(rendered:maxTokens:options:)``.
    ///
    /// It is rendered on the model's own thread for text, not on the caller's. Cancelling the task before its turn ends the call; the rendering
    /// itself is bounded and not broken off.
    ///
    /// - Parameters:
    ///   - messages: At least one.
    ///   - tools: Descriptions of the tools that the model may call, each as a JSON schema in OpenAI's form: `{"type": "function", "function":
    ///     {"name": …}}`.
    ///   - addGenerationPrompt: Whether to end with the start of an answer.
    ///   - variables: What the template knows beside that, such as `enable_thinking`.
    ///   - name: Which of ``chatTemplates``. Nil takes the usual one, or with tools the one that is called `tool_use`, if there is one.
    ///   - date: What day the template is told that it is.
    /// - Throws: ``MullamaError`` with `invalidRequest` if the template refuses the conversation, with its own words, or if there is no template of
    ///   the name; `unsupportedModel`, with line and column, if the template cannot be run; `modelClosed`. `CancellationError` for a cancelled
    ///   task.
    public func applyTemplate(
        _ messages: [ChatMessage],
        tools: [TemplateValue] = [],
        addGenerationPrompt: Bool = true,
        variables: TemplateDictionary = [:],
        template name: String? = nil,
        date: TemplateDate = .now
    ) async throws -> String {
        guard !messages.isEmpty else { throw ChatPrompt.isEmpty }
        var prompt = ChatPrompt(messages)
        prompt.tools = tools.isEmpty ? .none : .list(tools)
        prompt.addGenerationPrompt = addGenerationPrompt
        prompt.variables = variables
        prompt.template = name
        prompt.date = date
        return try await self.host.withVocabulary { [templates, prompt] _ in try templates.render(prompt) }
    }
}
