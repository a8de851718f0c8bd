/// What an operation takes and gives, by the names of its schemas.
struct OperationDescription: Sendable {
    var request: String?
    /// A schema for each content type of the answer.
    var answers: [(type: String, schema: String)]
    /// Names of parameters behind the question mark.
    var query: [String] = []

    private init(_ request: String?, _ answer: String?, stream: (type: String, schema: String)? = nil, query: [String] = []) {
        self.request = request
        self.answers = [answer.map { ("application/json", $0) }, stream].compactMap(\.self)
        self.query = query
    }

    private static func text(_ schema: String = "Text") -> OperationDescription {
        var description = OperationDescription(nil, nil)
        description.answers = [("text/plain", schema)]
        return description
    }

    private static func events(_ schema: String) -> (type: String, schema: String) { ("text/event-stream", schema) }
    private static func lines(_ schema: String) -> (type: String, schema: String) { ("application/x-ndjson", schema) }

    /// By method and path, as the routes have them.
    static let all: [String: OperationDescription] = [
        "POST /v1/completions": .init("CompletionRequest", "Completion", stream: Self.events("CompletionEvent")),
        "POST /v1/chat/completions": .init("ChatCompletionRequest", "ChatCompletion", stream: Self.events("ChatCompletionEvent")),
        "POST /v1/embeddings": .init("EmbeddingsRequest", "Embeddings"),
        "GET /v1/models": .init(nil, "Models"),
        "GET /v1/models/{id...}": .init(nil, "Model"),
        "GET /": .text(),
        "POST /api/generate": .init("GenerateRequest", "GenerateAnswer", stream: Self.lines("GenerateLine")),
        "POST /api/chat": .init("ChatRequest", "ChatAnswer", stream: Self.lines("ChatLine")),
        "GET /api/tags": .init(nil, "Tags"),
        "POST /api/show": .init("ShowRequest", "ShownModel"),
        "GET /api/ps": .init(nil, "LoadedModels"),
        "GET /api/version": .init(nil, "Version"),
        "POST /api/embed": .init("EmbedRequest", "EmbedAnswer"),
        "POST /api/embeddings": .init("OldEmbedRequest", "OldEmbedAnswer"),
        "POST /api/copy": .init("CopyRequest", nil),
        "DELETE /api/delete": .init("DeleteRequest", nil),
        "GET /health": .init(nil, "Health"),
        "GET /ready": .init(nil, "Readiness"),
        "GET /metrics": .text(),
        "GET /requests": .init(nil, "Requests", query: ["state", "limit"]),
        "GET /requests/{id}": .init(nil, "Request"),
        "DELETE /requests/{id}": .init(nil, "CancelledRequests"),
        "GET /requests/{id}/explain": .text(),
        "POST /generate": .init("LocalRequest", nil, stream: Self.lines("LocalEvent")),
        "GET /status": .init(nil, "LocalStatus"),
        "POST /tokenize": .init("TokenizeRequest", "Tokens"),
        "POST /detokenize": .init("DetokenizeRequest", "Detokenized"),
        "POST /apply-template": .init("ApplyTemplateRequest", "RenderedPrompt"),
        "GET /openapi.json": .init(nil, "OpenAPI"),
    ]
}
