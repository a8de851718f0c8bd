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
        return try await self.withModel(fields, context) { model in
            let tokens = try await model.tokenize(content, addSpecial: addSpecial, parseSpecial: parseSpecial)
            let pieces = try await withPieces ? model.pieces(of: tokens) : []
            return try await Response.json(bytes: tokens.count * (withPieces ? 32 : 8)) { Self.list(tokens, pieces).json }
        }
    }

    /// - Parameter pieces: Of each token; none if they are not wanted.
    private static func list(_ tokens: [Token], _ pieces: [[UInt8]]) -> TemplateValue {
        guard !pieces.isEmpty else { return ["tokens": .list(tokens.map { .integer(Int($0.rawValue)) })] }
        return [
            "tokens": .list(
                zip(tokens, pieces).map { token, piece in ["id": .integer(Int(token.rawValue)), "piece": Self.piece(piece)] }
            )
        ]
    }

    private func withModel(
        _ fields: RequestFields,
        _ context: ServerContext,
        _ body: @escaping @Sendable (AsyncModel) async throws -> Response
    ) async throws -> Response {
        try await self.server.inference.withModel(try fields.model(), within: try fields.timeout(), for: context) {
            try await body($0.model)
        }
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
        return try await self.withModel(fields, context) { [tokens] model in
            let text = try await model.detokenize(tokens)
            return try await Response.json(bytes: text.utf8.count) { TemplateValue.dictionary(["content": .string(text)]).json }
        }
    }

    private func applyTemplate(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        try UnsupportedFields.checkTemplate(fields)
        let conversation = try ChatConversation(fields)
        let addsPrompt = try fields.boolean("add_generation_prompt") ?? true
        return try await self.withModel(fields, context) { model in
            try model.check(tools: conversation.tools)
            // As for an answer, so that its prompt can be looked at here.
            let prompt = try await APIError.naming("messages") {
                try await model.applyTemplate(
                    conversation.messages.known(to: model),
                    tools: conversation.tools,
                    addGenerationPrompt: addsPrompt,
                    variables: conversation.variables
                )
            }
            return Response(json: ["prompt": .string(prompt)])
        }
    }
}
