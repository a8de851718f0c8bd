import ChatTemplates
import HTTPTypes
import Hummingbird

/// Whose API a path belongs to: it decides how errors are worded.
enum APIFlavour {
    case openAI
    case ollama

    init(path: String) {
        self = path == "/" || path == "/api" || path.hasPrefix("/api/") ? .ollama : .openAI
    }

    /// The error as this API's clients expect it.
    func body(_ error: APIError) -> TemplateValue {
        switch self {
        // Its clients look for these words.
        case .ollama: ["error": .string(error.code == "model_not_found" ? "model not found: \(error.message)" : error.message)]
        case .openAI:
            [
                "error": [
                    "message": .string(error.message),
                    "type": .string(error.kind.rawValue),
                    "param": error.parameter.map { .string($0) } ?? .none,
                    "code": error.code.map { .string($0) } ?? .none,
                ]
            ]
        }
    }

    /// The same of whatever was thrown.
    func body(_ error: any Error) -> TemplateValue { self.body(APIError(error)) }

    func response(_ error: APIError) -> Response {
        Response(json: self.body(error), status: error.status, headers: error.headers)
    }
}

extension Response {
    init(json: TemplateValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        self.init(json: ByteBuffer(string: json.json), status: status, headers: headers)
    }

    init(json: ByteBuffer, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: json))
    }

    /// An answer that may be long.
    ///
    /// - Parameters:
    ///   - bytes: About how long.
    ///   - text: Makes the JSON.
    static func json(bytes: Int, _ text: @escaping @Sendable () -> String) async throws -> Response {
        Response(json: try await LongJSON.perform(bytes: bytes) { ByteBuffer(string: text()) })
    }
}
