import ChatTemplates
import Hummingbird
import Mullama

extension OllamaAPI {
    /// `/api/embed`.
    func embed(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await self.fields(request)
        // One empty text is none.
        let texts = try fields.strings("input").map { $0 == [""] ? [] : $0 } ?? []
        let limit = self.server.settings.embeddingLimit
        guard texts.count <= limit else {
            throw APIError.invalid("input", "input has \(texts.count) texts: one request may have \(limit)")
        }
        var wanted = try await self.embedding(of: texts, fields)
        wanted.options.truncate = try fields.boolean("truncate") ?? true
        wanted.options.dimensions = try fields.integer("dimensions", in: 1...Int.max)
        guard !texts.isEmpty else {
            let name = try await self.rest(wanted.model, wanted.keepAlive, context).name
            return Response(json: ["model": .string(wanted.model ?? name), "embeddings": []])
        }
        let answer = try await self.answer(wanted, context)
        return Response(
            json: [
                "model": .string(wanted.model ?? answer.model.name),
                "embeddings": .list(answer.embeddings.map { Self.list($0.vector) }),
                "total_duration": .nanoseconds(.now - context.received),
                "load_duration": .nanoseconds(answer.loadTime),
                "prompt_eval_count": .integer(answer.embeddings.usage.promptTokens),
            ]
        )
    }

    /// `/api/embeddings`, which came before: one text, and a vector as long as the model made it.
    func embedOne(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await self.fields(request)
        let text = try fields.string("prompt") ?? ""
        var wanted = try await self.embedding(of: [text], fields)
        wanted.options.truncate = true
        wanted.options.normalize = false
        guard !text.isEmpty else {
            try await self.rest(wanted.model, wanted.keepAlive, context)
            return Response(json: ["embedding": []])
        }
        let answer = try await self.answer(wanted, context)
        return Response(json: ["embedding": Self.list(answer.embeddings[0].vector)])
    }

    private func embedding(of texts: [String], _ fields: RequestFields) async throws -> EmbeddingRequest {
        var request = EmbeddingRequest(model: try OllamaRequest.model(fields), inputs: .texts(texts))
        request.keepAlive = try fields.keepAlive("keep_alive")
        guard let size = try OllamaOptions(try fields.fields("options")).contextSize else { return request }
        // Clients ask for the same context whatever the model is.
        let reference = try self.server.models.resolve(request.model)
        let trained = try await self.available().first { $0.reference == reference }?.facts?.trainingContextSize
        request.options.contextSize = trained.map { min($0, size) } ?? size
        return request
    }

    private func answer(_ request: EmbeddingRequest, _ context: ServerContext) async throws -> EmbeddingAnswer {
        do {
            return try await self.server.inference.embed(request, for: context)
        } catch let error as MullamaError where error.message.hasPrefix("texts[") {
            // As the client calls them.
            var named = error
            named.message = "input\(error.message.dropFirst("texts".count))"
            throw named
        }
    }

    private static func list(_ vector: [Float]) -> TemplateValue { .list(vector.map { .double(Double($0)) }) }
}
