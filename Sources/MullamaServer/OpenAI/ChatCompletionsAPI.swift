import Hummingbird
import Mullama

/// `/v1/chat/completions`: the next message of a conversation.
struct ChatCompletionsAPI: Sendable {
    let server: ServerState

    var routes: [Route] {
        [Route(.post, "/v1/chat/completions", .infer, "Answer a conversation.") { try await self.complete($0, $1) }]
    }

    private func complete(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        let completion = try ChatCompletionRequest(fields)
        let run = try await self.server.inference.start(completion.inference, for: context, naming: "messages")
        let format = ChatFormat(hasLogprobs: completion.inference.options.logprobs != nil)
        return try await TextAnswer(run, format).response(completion.streaming, self.server.settings, context)
    }
}
