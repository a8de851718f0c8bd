import ChatTemplates
import Foundation
import Hummingbird
import Mullama

/// `/v1/embeddings`: texts as vectors.
struct EmbeddingsAPI: Sendable {
    enum Encoding: Sendable {
        case floats
        /// The bytes of 32-bit floating-point numbers, the lowest first.
        case base64
    }

    let server: ServerState

    var routes: [Route] {
        [Route(.post, "/v1/embeddings", .infer, "Embed texts.") { try await self.embed($0, $1) }]
    }

    private func embed(_ request: Request, _ context: ServerContext) async throws -> Response {
        let settings = self.server.settings
        let fields = try await request.fields(limit: settings.bodyLimit)
        let encoding = try Self.encoding(fields)
        let answer = try await self.answer(try Self.request(fields, limit: settings.embeddingLimit), context)
        let numbers = answer.embeddings.reduce(0) { $0 + $1.vector.count }
        return try await Response.json(bytes: numbers * VectorText.bytesPerNumber) { Self.json(answer, encoding) }
    }

    private static func json(_ answer: EmbeddingAnswer, _ encoding: Encoding) -> String {
        let data = answer.embeddings.enumerated().map { index, embedding in
            "{\"object\": \"embedding\", \"index\": \(index), \"embedding\": \(Self.text(embedding.vector, encoding))}"
        }
        let tokens = answer.embeddings.usage.promptTokens
        let model = TemplateValue.string(answer.model.name).json
        return "{\"object\": \"list\", \"data\": [\(data.joined(separator: ", "))], \"model\": \(model), "
            + "\"usage\": {\"prompt_tokens\": \(tokens), \"total_tokens\": \(tokens)}}"
    }

    static func encoding(_ fields: RequestFields) throws(APIError) -> Encoding {
        try fields.choice("encoding_format", of: ["float": Encoding.floats, "base64": .base64]) ?? .floats
    }

    static func request(_ fields: RequestFields, limit: Int) throws(APIError) -> EmbeddingRequest {
        guard let inputs = try fields.inputs("input") else {
            throw APIError.invalid("input", "input is missing: give a string, a list of strings, or lists of tokens")
        }
        guard inputs.count <= limit else {
            throw APIError.invalid("input", "input has \(inputs.count) texts: one request may have \(limit)")
        }
        var request = EmbeddingRequest(model: try fields.model(), inputs: try Self.inputs(inputs))
        request.options.dimensions = try fields.integer("dimensions", in: 1...Int.max)
        request.options.priority = try fields.priority()
        request.options.deadline = try fields.timeout()
        return request
    }

    private static func inputs(_ inputs: [TextInput]) throws(APIError) -> EmbeddingInputs {
        var texts: [String] = []
        var tokens: [[Token]] = []
        for (index, input) in inputs.enumerated() {
            switch input {
            case .text(let text):
                guard !text.isEmpty else { throw APIError.invalid("input", "input[\(index)] is empty: give at least one character") }
                texts.append(text)
            case .tokens(let some): tokens.append(some)
            }
        }
        if tokens.isEmpty { return .texts(texts) }
        guard texts.isEmpty else {
            throw APIError.invalid("input", "input has both strings and tokens: give them in requests of their own")
        }
        return .tokens(tokens)
    }

    private func answer(_ request: EmbeddingRequest, _ context: ServerContext) async throws -> EmbeddingAnswer {
        do {
            return try await self.server.inference.embed(request, for: context)
        } catch let error as MullamaError where error.code == .invalidRequest || error.code == .contextWindowExceeded {
            // All else was looked at before.
            var refusal = APIError(error)
            refusal.parameter = error.message.hasPrefix("dimensions") ? "dimensions" : "input"
            throw refusal
        }
    }

    private static func text(_ vector: [Float], _ encoding: Encoding) -> String {
        switch encoding {
        case .floats: return VectorText.json(vector)
        case .base64:
            let bytes = vector.flatMap { number in
                let bits = number.bitPattern
                return (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
            }
            return "\"\(Data(bytes).base64EncodedString())\""
        }
    }
}
