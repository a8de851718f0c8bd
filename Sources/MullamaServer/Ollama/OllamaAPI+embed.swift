import ChatTemplates
import Hummingbird
import Mullama

extension OllamaAPI {
    /// `/api/embed`.
    func embed(_ request: Request, _ context: ServerContext) async throws -> Response {
        let wanted = try Self.embedding(try await self.fields(request), limit: self.server.settings.embeddingLimit)
        guard wanted.inputs != .texts([]) else {
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
        let wanted = try Self.embeddingOfOne(try await self.fields(request))
        guard wanted.inputs != .texts([]) else {
            try await self.rest(wanted.model, wanted.keepAlive, context)
            return Response(json: ["embedding": []])
        }
        let answer = try await self.answer(wanted, context)
        return Response(json: ["embedding": Self.list(answer.embeddings[0].vector)])
    }

    /// - Parameter limit: The most texts.
    static func embedding(_ fields: RequestFields, limit: Int) throws(APIError) -> EmbeddingRequest {
        // One empty text is none.
        let texts = try fields.strings("input").map { $0 == [""] ? [] : $0 } ?? []
        guard texts.count <= limit else {
            throw APIError.invalid("input", "input has \(texts.count) texts: one request may have \(limit)")
        }
        var request = try Self.embedding(of: texts, fields)
        request.options.truncate = try fields.boolean("truncate") ?? true
        request.options.dimensions = try fields.integer("dimensions", in: 1...Int.max)
        return request
    }

    static func embeddingOfOne(_ fields: RequestFields) throws(APIError) -> EmbeddingRequest {
        let text = try fields.string("prompt") ?? ""
        var request = try Self.embedding(of: text.isEmpty ? [] : [text], fields)
        request.options.truncate = true
        request.options.normalize = false
        return request
    }

    private static func embedding(of texts: [String], _ fields: RequestFields) throws(APIError) -> EmbeddingRequest {
        var request = EmbeddingRequest(model: try OllamaRequest.model(fields), inputs: .texts(texts))
        request.keepAlive = try fields.keepAlive("keep_alive")
        request.options.contextSize = try OllamaOptions(try fields.fields("options")).contextSize
        return request
    }

    private func answer(_ wanted: EmbeddingRequest, _ context: ServerContext) async throws -> EmbeddingAnswer {
        var request = wanted
        if let size = wanted.options.contextSize {
            // Clients ask for the same context whatever the model is.
            let reference = try self.server.models.resolve(wanted.model)
            let trained = try await self.available().first { $0.reference == reference }?.facts?.trainingContextSize
            request.options.contextSize = trained.map { min($0, size) } ?? size
        }
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
