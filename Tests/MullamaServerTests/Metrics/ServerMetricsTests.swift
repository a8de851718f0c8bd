import Foundation
import InferenceCore
import Testing

@testable import Mullama
@testable import MullamaServer

@Suite("The daemon's metrics")
struct ServerMetricsTests {
    private let registry = PrometheusRegistry(descriptions: ServerMetrics.descriptions)

    private var lines: [Substring] { self.registry.page().split(separator: "\n") }

    @Test("HTTP requests")
    func requests() {
        let metrics = ServerMetrics(factory: self.registry)
        metrics.requestBegan()
        metrics.requestBegan()
        metrics.requestOver()
        metrics.request(route: "/v1/models/{id}", method: "GET", status: 404, duration: .milliseconds(2))
        metrics.request(route: "/v1/models/{id}", method: "BREW", status: 405, duration: .milliseconds(2))
        metrics.request(route: "/v1/models/{id}", method: "STIR", status: 405, duration: .milliseconds(2))
        metrics.sent(bytes: 512, route: "/v1/models/{id}")
        metrics.disconnected(route: "/v1/chat/completions")
        metrics.refused(reason: .queueFull)
        let lines = self.lines
        #expect(lines.contains("mullama_http_requests_in_flight 1"))
        #expect(lines.contains(#"mullama_http_requests_total{method="GET",route="/v1/models/{id}",status="404"} 1"#))
        #expect(lines.contains(#"mullama_http_requests_total{method="other",route="/v1/models/{id}",status="405"} 2"#))
        #expect(lines.contains(#"mullama_http_request_duration_seconds_bucket{method="other",route="/v1/models/{id}",le="0.0025"} 2"#))
        #expect(lines.contains(#"mullama_http_request_duration_seconds_bucket{method="other",route="/v1/models/{id}",le="0.001"} 0"#))
        #expect(lines.contains(#"mullama_http_sent_bytes_total{route="/v1/models/{id}"} 512"#))
        #expect(lines.contains(#"mullama_http_disconnects_total{route="/v1/chat/completions"} 1"#))
        #expect(lines.contains(#"mullama_refusals_total{reason="queue_full"} 1"#))
    }

    @Test("Every reason to refuse is there before the first refusal", arguments: RefusalReason.allCases)
    func reasons(reason: RefusalReason) {
        _ = ServerMetrics(factory: self.registry)
        #expect(self.lines.contains(#"mullama_refusals_total{reason="\#(reason.rawValue)"} 0"#))
    }

    @Test("Generations of a model")
    func generations() {
        let metrics = ServerMetrics(factory: self.registry)
        metrics.model("m").take(.firstToken(after: .milliseconds(40)))
        metrics.model("m").take(.nextToken(after: .milliseconds(10)))
        metrics.model("m").take(.nextToken(after: .milliseconds(200)))
        var record = GenerationRecord(
            id: 1,
            finishReason: .length,
            usage: Usage(promptTokens: 30, cachedTokens: 16, completionTokens: 3),
            timings: Timings(queued: .milliseconds(5), prefill: .milliseconds(35), decode: .milliseconds(210))
        )
        metrics.model("m").take(.ended(record, queued: .milliseconds(5), after: .seconds(1)))
        record.finishReason = .cancelled
        record.usage = Usage(promptTokens: 10)
        record.cancelLatency = .milliseconds(100)
        metrics.model("m").take(.ended(record, queued: .seconds(9), after: .seconds(9)))
        let lines = self.lines
        #expect(lines.contains(#"mullama_queue_seconds_bucket{model="m",le="0.005"} 1"#))
        // Whoever gave up waiting has waited longest.
        #expect(lines.contains(#"mullama_queue_seconds_count{model="m"} 2"#))
        #expect(lines.contains(#"mullama_queue_seconds_sum{model="m"} 9.005"#))
        #expect(lines.contains(#"mullama_time_to_first_token_seconds_sum{model="m"} 0.04"#))
        #expect(lines.contains(#"mullama_inter_token_seconds_bucket{model="m",le="0.15"} 1"#))
        #expect(lines.contains(#"mullama_inter_token_seconds_count{model="m"} 2"#))
        #expect(lines.contains(#"mullama_prompt_tokens_total{model="m"} 40"#))
        #expect(lines.contains(#"mullama_cached_tokens_total{model="m"} 16"#))
        #expect(lines.contains(#"mullama_completion_tokens_total{model="m"} 3"#))
        #expect(lines.contains(#"mullama_generations_total{model="m",reason="length"} 1"#))
        #expect(lines.contains(#"mullama_generations_total{model="m",reason="cancelled"} 1"#))
        #expect(lines.contains(#"mullama_generation_duration_seconds_sum{model="m"} 1"#))
        #expect(lines.contains(#"mullama_cancel_latency_seconds_bucket{model="m",le="0.1"} 1"#))
    }

    @Test("Embeddings of a model")
    func embeddings() {
        let metrics = ServerMetrics(factory: self.registry)
        metrics.model("m").embedded(texts: 3, tokens: 50, after: .milliseconds(200))
        let lines = self.lines
        #expect(lines.contains(#"mullama_embedded_texts_total{model="m"} 3"#))
        #expect(lines.contains(#"mullama_embedded_tokens_total{model="m"} 50"#))
        #expect(lines.contains(#"mullama_embedding_duration_seconds_bucket{model="m",le="0.25"} 1"#))
    }

    @Test("Loads and unloads")
    func loads() {
        let metrics = ServerMetrics(factory: self.registry)
        metrics.modelLoaded("m", after: .seconds(2))
        metrics.modelLoadFailed("m")
        metrics.modelUnloaded("m")
        let lines = self.lines
        #expect(lines.contains(#"mullama_model_loads_total{model="m",outcome="loaded"} 1"#))
        #expect(lines.contains(#"mullama_model_loads_total{model="m",outcome="failed"} 1"#))
        #expect(lines.contains(#"mullama_model_unloads_total{model="m"} 1"#))
        #expect(lines.contains(#"mullama_model_load_seconds_bucket{model="m",le="2.5"} 1"#))
    }

    @Test("docs/metrics.md has a row for each metric, and no other")
    func documentation() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../../docs/metrics.md").standardized
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        let expected = ServerMetrics.descriptions.map { metric in
            "| `\(metric.name)` | \(metric.kind.rawValue) | \(metric.labels.joined(separator: ", ")) | \(metric.help) |"
        }
        #expect(rows.map(String.init) == expected)
    }
}
