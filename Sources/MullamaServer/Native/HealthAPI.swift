import ChatTemplates
import HTTPTypes
import Hummingbird
import Mullama

/// `/health`, `/ready` and `/metrics`: for who watches the server. All of it is answered from snapshots, also while every engine is busy.
struct HealthAPI: Sendable {
    let server: ServerState

    var routes: [Route] {
        [
            Route(.get, "/health", .open, "Whether the server lives.") { _, _ in Self.answer(["status": "ok"]) },
            Route(.get, "/ready", .open, "Whether the server can begin to answer at once.") { _, _ in self.ready() },
            Route(.get, "/metrics", .manage, "All metrics, in Prometheus' text format.") { _, _ in self.metrics() },
        ]
    }

    private func ready() -> Response {
        let model = self.server.defaultModel
        let loaded = self.server.models.loaded.first { $0.reference.key == model?.key }
        let readiness = Readiness(isDraining: self.server.admission.isDraining, model: model?.name, state: loaded?.state)
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
