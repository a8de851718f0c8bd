import Hummingbird
import Mullama

extension OllamaAPI {
    /// Answers with what the model makes of a prompt.
    func answer(
        _ prompt: InferenceRequest.Prompt,
        _ request: OllamaRequest,
        _ shape: OllamaAnswer.Shape,
        _ context: ServerContext
    ) async throws -> Response {
        let run = try await self.server.inference.start(request.inference(prompt), for: context)
        let answer = OllamaAnswer(
            shape: shape,
            model: request.model ?? run.lease.reference.name,
            received: context.received,
            loadTime: run.lease.loadTime,
            hasLogprobs: request.logprobs != nil
        )
        guard request.isStreamed else {
            return Response(json: answer.whole(try await run.answers()[0].generation))
        }
        let heartbeat = self.server.settings.heartbeat
        return EventStream.response(.lines, for: context, failure: APIFlavour.ollama.body) { lines in
            try await run.events(silence: heartbeat, client: context.client) { event in
                switch event {
                case .chunk(let chunk, _): if let part = answer.part(chunk) { try await lines.send(part) }
                case .ended(let end, _): try await lines.send(answer.end(end))
                // To Ollama's clients every line is a part of the answer: there is no sign of life.
                default: break
                }
            }
        }
    }

    /// What a request without a prompt is for.
    func rest(_ request: OllamaRequest, _ shape: OllamaAnswer.Shape, _ context: ServerContext) async throws -> Response {
        let (name, isLoaded) = try await self.rest(request.model, request.keepAlive, context)
        return Response(json: shape.rest(isLoaded ? "load" : "unload", of: request.model ?? name))
    }

    /// Loads a model, or unloads it if it is not to be kept.
    @discardableResult
    func rest(_ model: String?, _ keepAlive: KeepAlive?, _ context: ServerContext) async throws -> (name: String, isLoaded: Bool) {
        guard keepAlive == nil || context.mayManage else {
            throw APIError(
                .forbidden,
                .permission,
                code: "missing_scope",
                "the key '\(context.keyName ?? "")' may not say how long models are kept: that takes one with the scope manage"
            )
        }
        let models = self.server.models
        guard keepAlive == .duration(.zero) else {
            return (try await self.server.inference.withModel(model, keepAlive, for: context) { $0.reference.name }, true)
        }
        let name = try models.fullName(of: model)
        await models.unload(name)
        return (name, false)
    }
}
