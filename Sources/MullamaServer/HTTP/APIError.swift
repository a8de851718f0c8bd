import HTTPTypes
import Mullama

/// Why a request is refused or failed, before it is put into the words of the API that was asked.
struct APIError: Error {
    /// OpenAI's names for kinds of errors; Ollama's API has none.
    enum Kind: String {
        case invalidRequest = "invalid_request_error"
        case authentication = "authentication_error"
        case permission = "permission_error"
        case notFound = "not_found_error"
        case rateLimit = "rate_limit_error"
        case server = "server_error"
    }

    var status: HTTPResponse.Status
    var kind: Kind
    /// For programs, such as `context_length_exceeded`; nil where the kind says all.
    var code: String?
    /// What happened, with the numbers, and what to do about it. One line.
    var message: String
    /// The field of the request that is to blame.
    var parameter: String?
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status,
        _ kind: Kind,
        code: String? = nil,
        parameter: String? = nil,
        headers: HTTPFields = [:],
        _ message: String
    ) {
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.parameter = parameter
        self.headers = headers
    }

    /// What is told of an answer that nobody waits for any more.
    static let clientClosedRequest = HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")

    /// A field of the request that cannot be taken as it is.
    static func invalid(_ parameter: String?, code: String? = nil, _ message: String) -> APIError {
        APIError(.badRequest, .invalidRequest, code: code, parameter: parameter, message)
    }

    /// Has clients come again after `wait`, rounded up to seconds.
    func retrying(after wait: Duration?) -> APIError {
        guard let wait else { return self }
        var error = self
        error.headers[.retryAfter] = "\(max(1, Int((wait / .seconds(1)).rounded(.up))))"
        return error
    }

    /// Whatever was thrown. A fault that nobody foresaw is the server's, and its words are for the log.
    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as MullamaError: self.init(error)
        case let problem as ConnectionProblem: self.init(problem)
        case is CancellationError:
            self.init(Self.clientClosedRequest, .server, code: "cancelled", "the request was cancelled")
        default: self.init(.internalServerError, .server, code: "internal_error", "the server failed to answer: its log says why")
        }
    }
}
