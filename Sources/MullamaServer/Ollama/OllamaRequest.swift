import ChatTemplates
import Mullama

/// What all of Ollama's requests for a model have in common.
struct OllamaRequest: Sendable {
    let fields: RequestFields
    /// As the client wrote it; nil for the server's default.
    let model: String?
    let isStreamed: Bool
    let keepAlive: KeepAlive?
    let options: OllamaOptions
    /// How many alternatives are told for each token, beside how likely it was; nil tells nothing of it.
    let logprobs: Int?
    /// Whether the oldest tokens of an answer make room where the context ends.
    private let shifts: Bool

    init(_ fields: RequestFields) throws(APIError) {
        self.fields = fields
        self.model = try Self.model(fields)
        self.isStreamed = try fields.boolean("stream") ?? true
        self.keepAlive = try fields.keepAlive("keep_alive")
        self.options = try OllamaOptions(try fields.fields("options"))
        self.logprobs = try fields.logprobs()
        self.shifts = try fields.boolean("shift") ?? false
        try fields.refuse("format", unless: [""], because: "answers cannot be held to a form yet: ask for it in the prompt")
        try fields.refuse(
            "think",
            unless: [false],
            because: "thinking is not told apart from the answer yet: leave think out to get both in one"
        )
    }

    /// `name` is how older clients call it.
    static func model(_ fields: RequestFields) throws(APIError) -> String? {
        if let model = try fields.model() { return model }
        return try fields.model("name")
    }

    /// What is generated for the request.
    func inference(_ prompt: InferenceRequest.Prompt) -> InferenceRequest {
        var inference = InferenceRequest(model: self.model, prompts: [prompt])
        inference.maxTokens = self.options.maxTokens
        inference.contextSize = self.options.contextSize
        // Clients ask for the same context whatever the model is.
        inference.clampsContext = true
        inference.options = self.options.generation
        inference.options.logprobs = self.logprobs
        inference.options.overflow = self.shifts ? .shift : .stop
        inference.keepAlive = self.keepAlive
        return inference
    }

    /// What templates are told beside the conversation.
    var variables: TemplateDictionary {
        if case .boolean(let thinks)? = self.fields["think"] { ["enable_thinking": .boolean(thinks)] } else { [:] }
    }

    static let imagesReason = "the models here read text alone"
}

extension RequestFields {
    /// A number of seconds or a duration such as `5m`; negative for ever.
    func keepAlive(_ field: String) throws(APIError) -> KeepAlive? {
        switch self[field] {
        case nil: return nil
        case .integer(let seconds): return KeepAlive(seconds: Double(seconds))
        case .double(let seconds): return KeepAlive(seconds: seconds)
        case .string(let text):
            do {
                return try KeepAlive(parsing: text)
            } catch {
                throw APIError.invalid(self.name(field), error.message)
            }
        case let other?: throw self.wrong(field, "a number of seconds or a duration such as \"5m\"", other)
        }
    }

    /// As ``refuse(_:unless:because:)``, for a list that may be there as long as it is empty.
    func refuse(list field: String, because reason: String) throws(APIError) {
        try self.refuse(field, unless: [.list([])], because: reason)
    }
}
