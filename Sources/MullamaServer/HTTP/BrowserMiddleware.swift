import HTTPTypes
import Hummingbird
import NIOCore

/// Keeps pages in browsers out that were not let in by name, and tells browsers about those that were (CORS).
struct BrowserMiddleware: RouterMiddleware {
    private static let methods = "GET, HEAD, POST, DELETE, OPTIONS"
    /// What scripts may read beside the body.
    private static let exposed = "x-request-id, retry-after, server-timing"
    /// Seconds for which a browser remembers what it may do.
    private static let maxAge = "600"

    let hosts: HostPolicy
    let origins: OriginPolicy

    func handle(
        _ request: Request,
        context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        if !context.isLocalSocket, !self.hosts.allows(request.head.authority) {
            return self.refusal(
                of: request,
                context,
                code: "host_not_allowed",
                "this server is not called \(Self.shown(request.head.authority ?? "")): name it by its address, or start it with that host allowed"
            )
        }
        switch self.origins.origin(of: request.head) {
        case .own:
            return try await next(request, context)
        case .foreign(let origin):
            return self.refusal(
                of: request,
                context,
                code: "origin_not_allowed",
                "pages of another origin (\(Self.shown(origin))) may not use this server: start it with that origin allowed"
            )
        case .allowed(let origin):
            let isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
            var response = isPreflight ? self.preflight(request) : try await next(request, context)
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = Self.exposed
            response.headers.append(HTTPField(name: .vary, value: "Origin"))
            return response
        }
    }

    private func preflight(_ request: Request) -> Response {
        var headers: HTTPFields = [
            .accessControlAllowMethods: Self.methods,
            .accessControlMaxAge: Self.maxAge,
            .vary: "Access-Control-Request-Headers",
        ]
        headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        if request.headers[.requestPrivateNetwork] == "true" { headers[.allowPrivateNetwork] = "true" }
        return Response(status: .noContent, headers: headers)
    }

    private func refusal(of request: Request, _ context: ServerContext, code: String, _ message: String) -> Response {
        let error = APIError(.forbidden, .permission, code: code, message)
        context.notes.error = error
        let response = APIFlavour(path: request.uri.path).response(error)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func shown(_ text: String) -> String {
        "'\(String(text.unicodeScalars.prefix(100).map { $0.isASCII && $0.value >= 0x20 ? Character($0) : "?" }))'"
    }
}
