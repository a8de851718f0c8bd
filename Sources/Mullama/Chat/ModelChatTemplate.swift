/// One of a model's chat templates.
public struct ModelChatTemplate: Sendable, Hashable {
    /// Nil for the one that is used where none is named.
    public let name: String?
    /// In Jinja's language.
    public let source: String
    /// Whether the model's file has none, so that ChatML stands in, which most models understand.
    public let isFallback: Bool

    static let chatML = ModelChatTemplate(
        name: nil,
        source: """
            {%- if tools %}
                {{- raise_exception('the model has no chat template, and ChatML does not know tools: describe them in the system message') }}
            {%- endif %}
            {%- for message in messages %}
                {{- '<|im_start|>' + message.role + '\\n' }}
                {%- if message.content is string %}
                    {{- message.content }}
                {%- elif message.content %}
                    {%- for part in message.content %}
                        {{- part.text }}
                    {%- endfor %}
                {%- endif %}
                {{- '<|im_end|>\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<|im_start|>assistant\\n' }}
            {%- endif %}
            """,
        isFallback: true
    )
}
