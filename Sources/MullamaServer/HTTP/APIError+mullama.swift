import HTTPTypes
import Mullama

extension APIError {
    init(_ error: MullamaError) {
        let (status, kind, code): (HTTPResponse.Status, Kind, String?) =
            switch error.code {
            case .modelNotFound: (.notFound, .notFound, "model_not_found")
            case .invalidRequest: (.badRequest, .invalidRequest, nil)
            case .invalidGrammar: (.badRequest, .invalidRequest, "invalid_grammar")
            // It fits no better later: its clients know this code, and make it shorter.
            case .contextWindowExceeded, .cacheExhausted: (.badRequest, .invalidRequest, "context_length_exceeded")
            case .unsupportedModel: (.badRequest, .invalidRequest, "unsupported_model")
            case .overloaded: (.serviceUnavailable, .server, "overloaded")
            case .timedOut: (.gatewayTimeout, .server, "timeout")
            case .outOfMemory: (.serviceUnavailable, .server, "out_of_memory")
            case .modelClosed: (.serviceUnavailable, .server, "shutting_down")
            default: (.internalServerError, .server, "engine_failed")
            }
        self.init(status, kind, code: code, parameter: Self.parameter(of: error.code), error.message)
        switch error.code {
        case .modelNotFound: self.parameter = "model"
        // Models in use are closed with the server, and not before.
        case .modelClosed: self = .shuttingDown
        // The time is over: a client that tries again by itself would make it worse.
        case .timedOut: self.headers[.shouldRetry] = "false"
        default: break
        }
        if error.isPermanent { self.headers[.shouldRetry] = "false" }
        // What is short of memory now may have some when others have ended.
        let isPassing = self.status == .serviceUnavailable && !error.isPermanent && self.headers[.retryAfter] == nil
        self = self.retrying(after: error.retryAfter ?? (isPassing ? Self.usualWait : nil))
    }

    private static let usualWait = Duration.seconds(5)

    private static func parameter(of code: MullamaError.Code) -> String? {
        code == .invalidGrammar ? "grammar" : nil
    }
}

extension HTTPField.Name {
    /// Tells OpenAI's clients whether to try again by themselves.
    static let shouldRetry = Self("x-should-retry")!
    static let requestID = Self("x-request-id")!
}
