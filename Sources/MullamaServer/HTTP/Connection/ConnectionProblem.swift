import HTTPTypes
import NIOHTTP1

/// What is wrong with a connection, so that it ends.
enum ConnectionProblem: Error, Equatable {
    /// What came is not HTTP.
    case malformed
    case headTooLarge
    /// The rest of a request's head did not come in time.
    case headTimedOut
    /// The rest of a request's body did not come in time.
    case bodyTimedOut
    case tooManyConnections

    init(_ error: any Error) {
        switch error {
        case let problem as ConnectionProblem: self = problem
        case HTTPParserError.headerOverflow: self = .headTooLarge
        default: self = .malformed
        }
    }
}

extension APIError {
    init(_ problem: ConnectionProblem) {
        let close: HTTPFields = [.connection: "close"]
        switch problem {
        case .malformed:
            self.init(.badRequest, .invalidRequest, code: "malformed_http", headers: close, "what was sent is not a request of HTTP/1.1")
        case .headTooLarge:
            self.init(
                .requestHeaderFieldsTooLarge,
                .invalidRequest,
                code: "head_too_large",
                headers: close,
                "the request's head is too large: send fewer or shorter header fields, and what is long in the body"
            )
        case .headTimedOut:
            self.init(
                .requestTimeout,
                .invalidRequest,
                code: "head_timeout",
                headers: close,
                "the rest of the request's head did not come in time: send it without pauses"
            )
        case .bodyTimedOut:
            self.init(
                .requestTimeout,
                .invalidRequest,
                code: "body_timeout",
                headers: close,
                "the rest of the request's body did not come in time: send it without pauses"
            )
        case .tooManyConnections:
            self.init(
                .serviceUnavailable,
                .server,
                code: "too_many_connections",
                headers: close,
                "too many connections are open: close those that are not needed, or come again in a moment"
            )
            self = self.retrying(after: .seconds(1))
        }
    }
}
