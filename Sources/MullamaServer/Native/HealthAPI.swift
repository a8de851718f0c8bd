import ChatTemplates
import HTTPTypes
import Hummingbird
import Mullama

/// `/health`, `/ready` and `/metrics`: for who watches the server. None of it waits for an engine: all are answered while every one is busy.
struct HealthAPI: Sendable {
    let server: ServerState

    var routes: [Route] {
        [
            Route(.get, "/health", .open, "Whether the server lives.") { _, _ in Self.answer(["status": "ok"]) },
            Route(.get, "/ready", .open, "Whether the server takes requests.") { _, _ in self.ready() },
            Route(.get, "/metrics", .manage, "All metrics, in Prometheus' text format.") { _, _ in self.metrics() },
        ]
    }

    private func ready() -> Response {
        let readiness = self.server.readiness
        switch readiness {
        case .ready: return Self.answer(readiness.json)
        case .waiting(_, _, let time):
            return Self.answer(readiness.json, .serviceUnavailable, [.retryAfter: "\(Int(time / .seconds(1)))"])
        }
    }

    private func metrics() -> Response {
        Response(
            status: .ok,
            headers: [.contentType: PrometheusRegistry.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: self.server.registry.page()))
        )
    }

    private static func answer(_ json: TemplateValue, _ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.cacheControl] = "no-store"
        return Response(json: json, status: status, headers: headers)
    }
}
