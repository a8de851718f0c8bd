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
        let name = wanted.model ?? answer.model.name
        return try await Self.response(answer) { vectors in
            let rest: TemplateValue = [
                "total_duration": .nanoseconds(.now - context.received),
                "load_duration": .nanoseconds(answer.loadTime),
                "prompt_eval_count": .integer(answer.embeddings.usage.promptTokens),
            ]
            let model = TemplateValue.string(name).json
            return "{\"model\": \(model), \"embeddings\": [\(vectors.joined(separator: ", "))], " + rest.json.dropFirst()
        }
    }

    /// `/api/embeddings`, which came before: one text, and a vector as long as the model made it.
    func embedOne(_ request: Request, _ context: ServerContext) async throws -> Response {
        let wanted = try Self.embeddingOfOne(try await self.fields(request))
        guard wanted.inputs != .texts([]) else {
            try await self.rest(wanted.model, wanted.keepAlive, context)
            return Response(json: ["embedding": []])
        }
        let answer = try await self.answer(wanted, context)
        return try await Self.response(answer) { "{\"embedding\": \($0.joined(separator: ", "))}" }
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

    private static func response(
        _ answer: EmbeddingAnswer,
        _ text: @escaping @Sendable (_ vectors: [String]) -> String
    ) async throws -> Response {
        let numbers = answer.embeddings.reduce(0) { $0 + $1.vector.count }
        return try await Response.json(bytes: numbers * VectorText.bytesPerNumber) {
            text(answer.embeddings.map { VectorText.json($0.vector) })
        }
    }
}
