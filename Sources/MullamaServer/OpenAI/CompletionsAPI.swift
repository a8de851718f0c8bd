import ChatTemplates
import HTTPTypes
import Hummingbird
import Mullama

/// `/v1/completions`: text that goes on from a prompt.
struct CompletionsAPI: Sendable {
    let server: ServerState

    var routes: [Route] {
        [Route(.post, "/v1/completions", .infer, "Continue a prompt.") { try await self.complete($0, $1) }]
    }

    private func complete(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        guard let prompts = try fields.strings("prompt") else { throw APIError.invalid("prompt", "prompt is missing: give a string") }
        var inference = InferenceRequest(model: try fields.string("model"), prompts: prompts.map { .text($0) })
        inference.maxTokens = try fields.integer("max_tokens", in: 1...Int.max) ?? 16
        let run = try await self.server.inference.start(inference, for: context)
        guard try fields.boolean("stream") ?? false else {
            let answers = try await run.answers()
            return Response(json: ["choices": .list(answers.map { ["text": .string($0.generation.text)] })])
        }
        let heartbeat = self.server.settings.heartbeat
        return EventStream.response(.serverSentEvents, failure: { APIFlavour.openAI.body($0) }) { events in
            try await run.events(silence: heartbeat, client: context.client) { event in
                switch event {
                case .chunk(let chunk, let answer):
                    try await events.send(["choices": [["index": .integer(answer), "text": .string(chunk.text)]]])
                case .ended: break
                case .silence: try await events.keepAlive("waiting")
                }
            }
            try await events.send("[DONE]")
        }
    }
}
