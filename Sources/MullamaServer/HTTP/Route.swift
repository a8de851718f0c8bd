import HTTPTypes
import Hummingbird

/// One operation of an API.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

    /// What a key must be allowed to do.
    enum Scope: String, Sendable {
        /// Anybody may, without a key.
        case open
        /// Use models.
        case infer
        /// Change what is there: load, unload, delete, end requests of others.
        case manage
    }

    var method: HTTPRequest.Method
    /// Segments in braces are parameters; the last may be `{name...}`, which takes the rest of the path.
    var path: String
    var scope: Scope
    /// One line for the API's description.
    var summary: String
    var handler: Handler

    init(_ method: HTTPRequest.Method, _ path: String, _ scope: Scope, _ summary: String, _ handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.scope = scope
        self.summary = summary
        self.handler = handler
    }

    /// The path as the router has it.
    var pattern: RouterPath {
        RouterPath(
            self.path.split(separator: "/").map { segment in
                guard segment.hasPrefix("{") else { return String(segment) }
                return segment.hasSuffix("...}") ? "**" : ":\(segment.dropFirst().dropLast())"
            }
            .joined(separator: "/")
        )
    }
}
