import ChatTemplates
import HTTPTypes
import Hummingbird
import InferenceCore
import Mullama

/// `/tokenize`, `/detokenize` and `/apply-template`: what a model makes of text, with llama-server's names for the fields.
struct TokensAPI: Sendable {
    let server: ServerState

    var routes: [Route] {
        [
            Route(.post, "/tokenize", .infer, "The tokens of a text.") { try await self.tokenize($0, $1) },
            Route(.post, "/detokenize", .infer, "The text of tokens.") { try await self.detokenize($0, $1) },
            Route(.post, "/apply-template", .infer, "The prompt that a model's chat template makes of a conversation.") {
                try await self.applyTemplate($0, $1)
            },
        ]
    }

    private func tokenize(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        guard let content = try fields.string("content") else { throw APIError.invalid("content", "content is missing: give a string") }
        let addSpecial = try fields.boolean("add_special") ?? false
        let parseSpecial = try fields.boolean("parse_special") ?? true
        let withPieces = try fields.boolean("with_pieces") ?? false
        let lease = try await self.server.models.lease(try fields.model())
        let tokens = try await lease.model.tokenize(content, addSpecial: addSpecial, parseSpecial: parseSpecial)
        guard withPieces else { return Response(json: ["tokens": .list(tokens.map { .integer(Int($0.rawValue)) })]) }
        let pieces = try await lease.model.pieces(of: tokens)
        return Response(
            json: [
                "tokens": .list(
                    zip(tokens, pieces).map { token, piece in ["id": .integer(Int(token.rawValue)), "piece": Self.piece(piece)] }
                )
            ]
        )
    }

    /// A text, or its bytes where it is only a part of a character.
    private static func piece(_ bytes: [UInt8]) -> TemplateValue {
        String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .list(bytes.map { .integer(Int($0)) })
    }

    private func detokenize(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        guard let items = try fields.list("tokens") else {
            throw APIError.invalid("tokens", "tokens is missing: give a list of numbers")
        }
        var tokens: [Token] = []
        for (index, item) in items.enumerated() {
            guard case .integer(let number) = item, let token = Int32(exactly: number) else {
                throw fields.wrong("tokens[\(index)]", "the number of a token", item)
            }
            tokens.append(Token(rawValue: token))
        }
        let lease = try await self.server.models.lease(try fields.model())
        return Response(json: ["content": .string(try await lease.model.detokenize(tokens))])
    }

    private func applyTemplate(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        try UnsupportedFields.checkTemplate(fields)
        let conversation = try ChatConversation(fields)
        let addsPrompt = try fields.boolean("add_generation_prompt") ?? true
        let lease = try await self.server.models.lease(try fields.model())
        try lease.model.check(tools: conversation.tools)
        // As for an answer, so that its prompt can be looked at here.
        let prompt = try await APIError.naming("messages") {
            try await lease.model.applyTemplate(
                conversation.messages.known(to: lease.model),
                tools: conversation.tools,
                addGenerationPrompt: addsPrompt,
                variables: conversation.variables
            )
        }
        return Response(json: ["prompt": .string(prompt)])
    }
}
