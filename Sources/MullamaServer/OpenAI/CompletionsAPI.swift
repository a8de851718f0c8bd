import Hummingbird
import Mullama

/// `/v1/completions`: text that goes on from a prompt.
struct CompletionsAPI: Sendable {
    let server: ServerState

    var routes: [Route] {
        [Route(.post, "/v1/completions", .infer, "Continue a prompt.") { try await self.complete($0, $1) }]
    }

    private func complete(_ request: Request, _ context: ServerContext) async throws -> Response {
        let settings = self.server.settings
        let fields = try await request.fields(limit: settings.bodyLimit)
        let completion = try CompletionRequest(fields, answerLimit: settings.answerLimit)
        let inference = completion.inference
        let run = try await self.server.inference.start(inference, for: context, naming: "prompt")
        let format = CompletionFormat(
            hasLogprobs: inference.options.logprobs != nil,
            echoes: try await Self.echoes(completion, run.lease.model),
            choices: inference.choices
        )
        return try await TextAnswer(run, format).response(completion.streaming, settings, context)
    }

    private static func echoes(_ completion: CompletionRequest, _ model: AsyncModel) async throws -> [CompletionFormat.Echo] {
        var echoes: [CompletionFormat.Echo] = []
        for input in completion.echo ?? [] {
            var echo: CompletionFormat.Echo
            switch input {
            case .text(let text): echo = .init(text: text)
            case .tokens(let tokens): echo = .init(text: try await model.detokenize(tokens))
            }
            if completion.inference.options.promptLogprobs {
                echo.firstToken = try await Self.firstToken(input, parsesSpecial: completion.parsesSpecial, model)
            }
            echoes.append(echo)
        }
        return echoes
    }

    private static func firstToken(_ input: TextInput, parsesSpecial: Bool, _ model: AsyncModel) async throws -> [UInt8] {
        let tokens =
            switch input {
            case .text(let text): try await model.tokenize(text, parseSpecial: parsesSpecial)
            case .tokens(let tokens): tokens
            }
        return try await model.pieces(of: Array(tokens.prefix(1))).first ?? []
    }
}
