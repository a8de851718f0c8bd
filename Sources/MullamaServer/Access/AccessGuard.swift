import HTTPTypes
import Hummingbird
import NIOCore

/// Lets a request through to its operation: with a key that may do it, and not while the server shuts down.
struct AccessGuard: Sendable {
    /// Nil lets everybody do everything.
    let keys: KeyRing?
    let admission: Admission

    /// - Returns: The context, with the name of the key.
    /// - Throws: ``APIError`` with 401, 403 or 503.
    func pass(_ route: Route, _ request: Request, _ context: ServerContext) throws(APIError) -> ServerContext {
        var context = context
        if let key = try self.key(for: route, request, context) {
            context.keyName = key.name
            context.mayManage = key.scopes.contains(.manage)
        }
        // What is there may be looked at to the end, and requests may be ended.
        if self.admission.isDraining, route.method == .post { throw .shuttingDown }
        return context
    }

    private func key(for route: Route, _ request: Request, _ context: ServerContext) throws(APIError) -> APIKey? {
        // Who may open the socket's file is its owner.
        guard let keys = self.keys, route.scope != .open, !context.isLocalSocket else { return nil }
        guard let presented = Self.presented(in: request.headers) else {
            throw Self.unauthorized("this server wants a key: send it as `Authorization: Bearer KEY`")
        }
        guard let key = keys.key(presented) else {
            throw Self.unauthorized(
                "the key is not one of this server's: check it for missing characters, and ask who runs the server for one"
            )
        }
        guard key.scopes.contains(route.scope) else {
            throw APIError(
                .forbidden,
                .permission,
                code: "missing_scope",
                "the key '\(key.name)' may not \(route.method.rawValue) \(route.path): that takes one with the scope \(route.scope.rawValue)"
            )
        }
        return key
    }

    private static func presented(in headers: HTTPFields) -> String? {
        if let field = headers[.authorization] {
            let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            if parts.count == 2, parts[0].lowercased() == "bearer" { return parts[1].trimmed }
        }
        return headers[.apiKey]
    }

    private static func unauthorized(_ message: String) -> APIError {
        APIError(
            .unauthorized,
            .invalidRequest,
            code: "invalid_api_key",
            headers: [.wwwAuthenticate: #"Bearer realm="mullama""#],
            message
        )
    }
}

extension HTTPField.Name {
    static let apiKey = Self("x-api-key")!
}

extension Substring {
    fileprivate var trimmed: String {
        String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension ServerContext {
    /// Whether the request came through a socket file, and not through the network.
    var isLocalSocket: Bool { if case .unixDomainSocket = self.channel.localAddress { true } else { false } }
}
