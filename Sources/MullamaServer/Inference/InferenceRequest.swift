import ChatTemplates
import Mullama

/// What a request asks to be generated, whatever API it came through.
struct InferenceRequest: Sendable {
    /// What one answer goes on from.
    enum Prompt: Sendable {
        case text(String)
        case tokens([Token])
        /// Text in which control tokens are meant as such.
        case rendered(String)
        case chat(messages: [ChatMessage], tools: [TemplateValue], variables: TemplateDictionary)
        case infill(prefix: String, suffix: String)
    }

    /// Nil for the server's default.
    var model: String?
    /// Each has ``choices`` answers.
    var prompts: [Prompt]
    var choices = 1
    /// Of each answer. Nil goes on to the context's end.
    var maxTokens: Int?
    /// The context's size in tokens; nil takes the model's.
    var contextSize: Int?
    /// Whether a context of more tokens than the model was trained for becomes one of as many.
    var clampsContext = false
    var options = GenerationOptions()
    /// Whether the options' deadline counts from the moment when the request comes; else from when its model is there.
    var deadlineCountsLoad = true
    /// How long the model stays loaded afterwards; nil for what the server does.
    var keepAlive: KeepAlive?

    init(model: String?, prompts: [Prompt]) {
        self.model = model
        self.prompts = prompts
    }
}
