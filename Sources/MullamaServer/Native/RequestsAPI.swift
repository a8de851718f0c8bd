import ChatTemplates
import Foundation
import HTTPTypes
import Hummingbird
import ModelStore
import Mullama

/// `/requests`: what the server is at, and was at lately.
struct RequestsAPI: Sendable {
    private enum State: String, CaseIterable {
        case live
        case finished
    }

    /// Ended requests in a list that is not asked for another number. Those on their way are all in it.
    private static let usualLimit = 100

    let server: ServerState

    var routes: [Route] {
        [
            Route(.get, "/requests", .manage, "Requests that are on their way, and the last that ended.") { request, _ in
                try self.list(request)
            },
            Route(.get, "/requests/{id}", .manage, "One request, with each of its answers.") { _, context in
                Response(json: try self.find(context).details(owner: self.owner))
            },
            Route(.get, "/requests/{id}/explain", .manage, "Where the time of a request went, as text.") { _, context in
                try self.explain(context)
            },
            Route(.delete, "/requests/{id}", .manage, "End a request that is on its way.") { _, context in
                try self.cancel(context)
            },
        ]
    }

    private func list(_ request: Request) throws(APIError) -> Response {
        let state = try self.state(request)
        let limit = try self.limit(request)
        var requests: [RequestStatus] = state == .finished ? [] : self.server.requests.live
        if state != .live { requests += self.server.requests.finished.prefix(limit) }
        return Response(json: ["requests": .list(requests.map(\.json))])
    }

    private func state(_ request: Request) throws(APIError) -> State? {
        guard let text = request.uri.queryParameters["state"] else { return nil }
        guard let state = State(rawValue: String(text)) else {
            throw APIError.invalid("state", "state is \(Quoted.text(String(text))): it must be live or finished")
        }
        return state
    }

    private func limit(_ request: Request) throws(APIError) -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return Self.usualLimit }
        let most = RequestHistory.limit
        guard let limit = Int(String(text)), (1...most).contains(limit) else {
            throw APIError.invalid("limit", "limit is \(Quoted.text(String(text))): it must be a number from 1 to \(most)")
        }
        return limit
    }

    private func id(_ context: ServerContext) -> String {
        let segment = context.parameters.get("id") ?? ""
        return segment.removingPercentEncoding ?? segment
    }

    private func find(_ context: ServerContext) throws(APIError) -> RequestStatus {
        guard let found = self.server.requests.request(self.id(context)) else { throw self.unknown(context) }
        return found
    }

    private func cancel(_ context: ServerContext) throws(APIError) -> Response {
        let cancelled = self.server.requests.cancel(self.id(context))
        guard !cancelled.isEmpty else { throw self.unknown(context, "on its way ") }
        return Response(json: ["cancelled": .list(cancelled.map(\.json))])
    }

    private func explain(_ context: ServerContext) throws(APIError) -> Response {
        let explanation = Explanation(try self.find(context), owner: self.owner)
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: explanation.text))
        )
    }

    private func owner(_ model: LoadID, _ generation: UInt64) -> String? {
        self.server.requests.owner(of: generation, of: model)
    }

    private func unknown(_ context: ServerContext, _ state: String = "") -> APIError {
        APIError(
            .notFound,
            .notFound,
            code: "request_not_found",
            parameter: "id",
            "there is no request \(Quoted.text(self.id(context))) \(state)here: those on their way and the last \(RequestHistory.limit) that ended are known"
        )
    }
}
