import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import InferenceCore
import Mullama
import MullamaTestSupport
import NIOCore
import Testing

@testable import MullamaServer

@Suite("Metrics over HTTP", .timeLimit(.minutes(1)))
struct MetricsEndpointTests {
    private func lines(_ client: any TestClientProtocol) async throws -> [Substring] {
        try Task.checkCancellation()
        return try await client.get("/metrics").text.split(separator: "\n")
    }

    @Test("The page has Prometheus' media type, and a request is counted by its route, its status and its model")
    func counts() async throws {
        try await TestServer().run { client in
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 5, "stream": true}"#)
            try await client.post("/v1/completions", #"{"prompt": "abc", "model": "other"}"#)
            _ = try await client.get("/v1/completions")
            _ = try await client.get("/nothing/of/the/kind")
            let page = try await client.get("/metrics")
            #expect(page.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = page.text.split(separator: "\n")
            for line in [
                #"mullama_http_requests_total{method="POST",route="/v1/completions",status="200"} 2"#,
                #"mullama_http_requests_total{method="POST",route="/v1/completions",status="404"} 1"#,
                #"mullama_http_requests_total{method="GET",route="/v1/completions",status="405"} 1"#,
                #"mullama_http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
                // This request itself.
                "mullama_http_requests_in_flight 1",
                #"mullama_refusals_total{reason="model_not_found"} 1"#,
                #"mullama_completion_tokens_total{model="fake"} 11"#,
                #"mullama_prompt_tokens_total{model="fake"} 6"#,
                #"mullama_time_to_first_token_seconds_count{model="fake"} 2"#,
                #"mullama_inter_token_seconds_count{model="fake"} 9"#,
                #"mullama_generations_total{model="fake",reason="length"} 2"#,
                #"mullama_model_loads_total{model="fake",outcome="loaded"} 1"#,
                #"mullama_model_ready{model="fake"} 1"#,
                #"mullama_queue_length{model="fake"} 0"#,
                #"mullama_generations_running{model="fake"} 0"#,
                "mullama_memory_budget_bytes 1073741824",
            ] { #expect(lines.contains(line[...]), "\(line)") }
            #expect(!lines.contains { $0.hasPrefix("mullama_http_disconnects_total") })
            #expect(lines.contains { $0.hasPrefix("process_cpu_seconds_total ") })
        }
    }

    @Test("What can never fit into the cache is the request's own fault")
    func neverFits() async throws {
        try await TestServer(FakeModel(contextSize: 4096, cells: 1024)).run { client in
            let answer = try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 4000}"#)
            #expect(answer.status == .badRequest)
            #expect(try answer.value["error", "code"] == "context_length_exceeded")
            #expect(try answer.value["error", "param"] == "prompt")
            #expect(answer.text.contains("1024"))
            let lines = try await self.lines(client)
            #expect(lines.contains(#"mullama_refusals_total{reason="context_length"} 1"#))
            #expect(lines.contains(#"mullama_refusals_total{reason="model_unavailable"} 0"#))
        }
    }

    @Test("Times count from the request and not from the call to the engine, whose clock stands still here")
    func times() async throws {
        try await TestServer(FakeModel(clock: ManualClock())).run { client in
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
            for name in ["time_to_first_token", "queue", "generation_duration"] {
                let prefix = #"mullama_\#(name)_seconds_sum{model="fake"} "#
                let line = try #require(try await self.lines(client).first { $0.hasPrefix(prefix) })
                #expect(try #require(Double(line.dropFirst(prefix.count))) > 0, "\(line)")
            }
        }
    }

    @Test("The bytes of whole answers and of streams are counted")
    func bytes() async throws {
        try await TestServer().run { client in
            let whole = try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
            let stream = try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6, "stream": true}"#)
            let bytes = whole.body.readableBytes + stream.body.readableBytes
            #expect(try await self.lines(client).contains(#"mullama_http_sent_bytes_total{route="/v1/completions"} \#(bytes)"#[...]))
        }
    }

    @Test("What waits and what runs is told while it does")
    func queue() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true), parallel: 1))
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = HTTPClient.post(port, "/v1/completions", #"{"prompt": ["a", "b", "c"], "max_tokens": 2}"#)
            await server.fake.control.advance { $0.plans.count { !$0.decode.isEmpty } == 1 }
            var lines: [Substring] = []
            // Prompts come to the model one after the other.
            while !lines.contains(#"mullama_queue_length{model="fake"} 2"#) { lines = try await self.lines(client) }
            #expect(lines.contains(#"mullama_generations_running{model="fake"} 1"#))
            #expect(lines.contains("mullama_http_requests_in_flight 2"))
            server.fake.control.release()
            _ = try await answer
        }
    }

    @Test(
        "A client that leaves is counted, whether it was to get a stream or a whole answer, and nothing stays in flight",
        arguments: [true, false]
    )
    func disconnect(isStream: Bool) async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)))
        try await server.run { client in
            let port = try #require(client.port)
            let body = #"{"prompt": "abc", "max_tokens": 400, "stream": \#(isStream)}"#
            try await TestClient.withClient(host: "127.0.0.1", port: port) { leaver in
                let answer = Task { try await leaver.post("/v1/completions", body: ByteBuffer(string: body)) }
                await server.fake.control.steps(1)
                try await leaver.shutdown()
                await #expect(throws: (any Error).self) { _ = try await answer.value }
            }
            server.fake.control.release()
            var lines: [Substring] = []
            // Nobody tells a test that the server has noticed.
            while !lines.contains(#"mullama_http_disconnects_total{route="/v1/completions"} 1"#) { lines = try await self.lines(client) }
            while !lines.contains("mullama_http_requests_in_flight 1") { lines = try await self.lines(client) }
            while try await client.get("/requests").json["requests"]?.items.first?["finish_reason"] != "cancelled" {
                try Task.checkCancellation()
            }
            let id = try await client.get("/requests").json["requests"]?.items.first?["id"]
            guard case .string(let id)? = id else { return }
            #expect(try await client.get("/requests/\(id)/explain").text.contains("The client left after"))
            #expect(server.fake.model.generations.isEmpty)
        }
    }

    @Test("Server-Timing tells where the time of a whole answer went; a stream's head tells what is known by then")
    func serverTiming() async throws {
        let name = try #require(HTTPField.Name("Server-Timing"))
        try await TestServer().run { client in
            let whole = try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
            let parts = try #require(whole.headers[name]).split(separator: ", ").map { $0.split(separator: ";")[0] }
            #expect(parts == ["load", "queue", "prefill", "decode"])
            let stream = try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6, "stream": true}"#)
            #expect(stream.headers[name]?.hasPrefix("load;dur=0.0") == true)
            #expect(try await client.get("/health").headers[name] == nil)
        }
    }

    @Test("Times are in milliseconds, to the microsecond")
    func timingHeader() {
        let timing = ServerTiming(
            load: .seconds(2),
            timings: .init(queued: .microseconds(1_500), prefill: .nanoseconds(1_234_567), decode: .zero)
        )
        #expect(timing.header == "load;dur=2000.0, queue;dur=1.5, prefill;dur=1.235, decode;dur=0.0")
        #expect(ServerTiming(load: nil, timings: nil).header == nil)
    }
}
