import HTTPTypes
import Hummingbird
import NIOCore

/// All operations that a server has. What a path does not know is answered here, so that it too is an error of the API.
struct RouteTable {
    /// Lets a request pass, with what is known of who makes it, or throws.
    typealias Guard = @Sendable (Route, Request, ServerContext) throws -> ServerContext

    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]

    let routes: [Route]
    let bodies: BodyMemory

    private func answer(
        _ request: Request,
        _ context: ServerContext,
        with route: Route,
        guarding scope: Guard
    ) async throws -> Response {
        context.notes.route = route.path
        var context = try scope(route, request, context)
        context.route = route.path
        context.notes.client = context.client
        context.notes.keyName = context.keyName
        if request.headers[.expect] != nil {
            context.channel.triggerUserOutboundEvent(ConnectionGuard.Event.wantsBody, promise: nil)
        }
        var counted = request
        let share = self.bodies.share()
        counted.body = RequestBody(asyncSequence: CountedBody(base: request.body, share: share))
        let response = try await context.client.cancelling { [counted, context] in try await route.handler(counted, context) }
        return share.isEmpty ? response : response.holding(share)
    }

    /// Adds the operations to a router, and an answer with `Allow` for methods that a path does not have.
    func install(in router: Router<ServerContext>, guarding scope: @escaping Guard) {
        for (path, routes) in Dictionary(grouping: self.routes, by: \.path) {
            var allowed = routes.map(\.method)
            for route in routes {
                router.on(route.pattern, method: route.method) { request, context in
                    try await self.answer(request, context, with: route, guarding: scope)
                }
            }
            if let get = routes.first(where: { $0.method == .get }) {
                allowed.append(.head)
                router.on(get.pattern, method: .head) { request, context in
                    try await self.answer(request, context, with: get, guarding: scope).createHeadResponse()
                }
            }
            let allow = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where !allowed.contains(method) {
                router.on(routes[0].pattern, method: method) { request, context -> Response in
                    context.notes.route = path
                    throw APIError(
                        .methodNotAllowed,
                        .invalidRequest,
                        code: "method_not_allowed",
                        headers: [.allow: allow],
                        "\(path) has no \(request.method.rawValue): it has \(allow)"
                    )
                }
            }
        }
    }
}

extension Response {
    /// The same, which keeps something until it is written, or dropped.
    fileprivate func holding(_ thing: BodyMemory.Share) -> Response {
        var response = self
        let body = self.body
        response.body = ResponseBody(contentLength: body.contentLength) { @concurrent writer in
            defer { thing.end() }
            try await body.write(writer)
        }
        return response
    }
}
