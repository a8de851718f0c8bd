import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import InferenceCore
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("The list of requests", .timeLimit(.minutes(1)))
struct RequestsTests {
    private static let name = HTTPField.Name("X-Request-Id")!

    /// Asks until the answer is as wanted: what the server does meanwhile is told to nobody.
    private static func until(
        _ client: any TestClientProtocol,
        _ path: String,
        _ isReached: (TemplateValue) -> Bool,
        otherwise: () async -> Void = { await Task.yield() }
    ) async throws -> TemplateValue {
        while true {
            let answer = TemplateValue.dictionary(try await client.get(path).json)
            if isReached(answer) { return answer }
            try Task.checkCancellation()
            await otherwise()
        }
    }

    private static func complete(_ port: Int, named name: String, _ json: String) async throws -> TestClient.Response {
        try await HTTPClient.post(port, "/v1/completions", json, headers: [Self.name: name])
    }

    @Test("A request on its way, and after its end")
    func lifeOfARequest() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)))
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = Self.complete(port, named: "mine/1", #"{"prompt": "abc", "max_tokens": 4}"#)
            await server.fake.control.advance { $0.plans.count { !$0.decode.isEmpty } == 2 }
            let live = try await Self.until(client, "/requests?state=live") { $0["requests"].items.first?["phase"] == "decode" }["requests"]
                .items
            try #require(live.count == 1)
            #expect(live[0]["id"] == "mine/1")
            #expect(live[0]["route"] == "/v1/completions")
            #expect(live[0]["model"] == "fake")
            #expect(live[0]["phase"] == "decode")
            #expect(live[0]["priority"] == "normal")
            #expect(live[0]["prompt_tokens"] == 3)
            #expect(live[0]["prefilled_tokens"] == 3)
            #expect(live[0]["completion_tokens"] == 2)
            #expect(live[0]["queue_position"] == TemplateValue.none)
            #expect(try await client.get("/requests?state=finished").json == ["requests": []])
            #expect(try await client.get("/requests/mine%2F1").json["state"] == "live")
            #expect(try await client.get("/requests/mine%2F1/explain").text.contains("2 tokens generated behind a prompt of 3"))

            server.fake.control.release()
            #expect(try await answer.status == .ok)
            let finished = try await client.get("/requests").json["requests"]?.items ?? []
            try #require(finished.count == 1)
            #expect(finished[0]["state"] == "finished")
            #expect(finished[0]["status"] == 200)
            #expect(finished[0]["finish_reason"] == "length")
            #expect(finished[0]["completion_tokens"] == 4)
            #expect(finished[0]["error"] == TemplateValue.none)
            #expect(try await client.get("/requests?state=live").json == ["requests": []])
            #expect(try await client.get("/requests/mine%2F1/explain").text.contains("ended by length"))
        }
    }

    @Test("Each answer of a request has its line, and the one that waits its place in the queue")
    func answers() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true), parallel: 1))
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = Self.complete(port, named: "two", #"{"prompt": ["abc", "defg"], "max_tokens": 40}"#)
            // Both have been made into tokens, and the engine has the second before the next step.
            await server.fake.control.texts(2)
            _ = try await server.fake.model.tokenize("")
            let request = try await Self.until(client, "/requests/two", { $0["queue_position"] == 0 && $0["completion_tokens"] != 0 }) {
                await server.fake.control.advance()
            }
            #expect(request["prompt_tokens"] == 7)
            #expect(request["phase"] == "decode")
            #expect(request["answers"].items.map { $0["phase"] } == ["decode", "queued"])
            server.fake.control.release()
            _ = try await answer
            let ended = try await client.get("/requests/two").json
            #expect(ended["completion_tokens"] == 80)
            #expect(ended["answers"]?.items.map { $0["finish_reason"] } == ["length", "length"])
            #expect(ended["answers"]?.items.map { $0["queued_behind"] } == [[], ["two"]])
            #expect(try await client.get("/requests/two/explain").text.contains("behind 1 other: two"))
        }
    }

    @Test("A prompt counts once, however many answers it has, while they run and afterwards")
    func choices() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)))
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = Self.complete(port, named: "three", #"{"prompt": "abc", "max_tokens": 4, "n": 3}"#)
            try await server.fake.decode(3)
            let live = try await client.get("/requests/three").json
            #expect(live["prompt_tokens"] == 3)
            #expect(live["prefilled_tokens"] == 3)
            server.fake.control.release()
            let usage = try TemplateValue(json: try await answer.text)["usage"]
            let ended = try await client.get("/requests/three").json
            #expect(ended["prompt_tokens"] == 3 && usage["prompt_tokens"] == 3)
            #expect(ended["completion_tokens"] == 12 && usage["completion_tokens"] == 12)
        }
    }

    @Test("One answer of several that fails ends the request while the others still run")
    func failingAnswer() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)))
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = Self.complete(port, named: "kept", #"{"prompt": ["abc", "def"], "max_tokens": 400}"#)
            try await server.fake.decode(2)
            let last = try #require(server.fake.model.generations.last)
            server.fake.control.fail(RequestID(last.id), RequestFault(.engineFailed, "broken"))
            // Far from enough for the first.
            server.fake.control.release(2)
            #expect(try await answer.status == .internalServerError)
            server.fake.control.release()
        }
    }

    @Test("The limit is that of the ended ones: all that is on its way is there")
    func limit() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)))
        try await server.run { client in
            for _ in 0..<2 { try await client.post("/v1/completions", #"{"prompt": "abc", "model": "none"}"#) }
            let port = try #require(client.port)
            async let one = HTTPClient.post(port, "/v1/completions", #"{"prompt": "abc", "max_tokens": 4}"#)
            async let two = HTTPClient.post(port, "/v1/completions", #"{"prompt": "abc", "max_tokens": 4}"#)
            let list = try await Self.until(client, "/requests?limit=1") { $0["requests"].items.count == 3 }["requests"].items
            #expect(list.map { $0["state"] } == ["live", "live", "finished"])
            server.fake.control.release()
            _ = try await (one, two)
        }
    }

    @Test(
        "What only needs a model is there while that is loaded, and can be ended",
        arguments: [
            ("/tokenize", #"{"content": "abc"}"#), ("/detokenize", #"{"tokens": [97]}"#),
            ("/apply-template", #"{"messages": [{"role": "user", "content": "a"}]}"#), ("/api/generate", #"{"model": "fake"}"#),
            ("/api/chat", #"{"model": "fake", "messages": []}"#), ("/api/embed", #"{"model": "fake", "input": ""}"#),
        ]
    )
    func loading(path: String, json: String) async throws {
        let server = try TestServer(isLoadHeld: true)
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = HTTPClient.post(port, path, json, headers: [Self.name: "load"])
            let live = try await Self.until(client, "/requests?state=live") { !$0["requests"].items.isEmpty }["requests"].items
            #expect(live.map { $0["phase"] } == ["loading"])
            #expect(live.map { $0["route"] } == [.string(path)])
            try await waitWhile(server.state.admission.total == 0)
            #expect(try await client.execute(uri: "/requests/load", method: .delete) { $0.status } == .ok)
            #expect(try await answer.status.code == 499)
            #expect(server.state.admission.total == 0)
        }
    }

    @Test("DELETE ends a request on its way, and no other")
    func delete() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)))
        try await server.run { client in
            let port = try #require(client.port)
            async let kept = HTTPClient.post(port, "/v1/completions", #"{"prompt": "abc", "max_tokens": 4}"#)
            async let lost = Self.complete(port, named: "lost", #"{"prompt": "abcd", "max_tokens": 400}"#)
            try await server.fake.decode(2)
            let response = try await client.execute(uri: "/requests/lost", method: .delete) { $0 }
            #expect(response.status == .ok)
            #expect(try response.json["cancelled"]?.items.map { $0["id"] } == ["lost"])
            server.fake.control.release()
            #expect(try await lost.status.code == 499)
            #expect(try await kept.status == .ok)
            let again = try await client.execute(uri: "/requests/lost", method: .delete) { $0 }
            #expect(again.status == .notFound)
            let finished = try await Self.until(client, "/requests/lost") { $0["finish_reason"] != TemplateValue.none }
            #expect(finished["finish_reason"] == "cancelled")
            #expect(finished["status"] == 499)
        }
    }

    @Test("What cannot be asked for is refused by name")
    func refused() async throws {
        try await TestServer().run { client in
            let unknown = try await client.get("/requests/nobody")
            #expect(unknown.status == .notFound)
            #expect(unknown.text.contains("request_not_found"))
            #expect(try await client.get("/requests/nobody/explain").status == .notFound)
            for query in ["state=old", "limit=0", "limit=x", "limit=1001"] {
                let response = try await client.get("/requests?\(query)")
                #expect(response.status == .badRequest, "\(query)")
                #expect(response.text.contains(query.prefix(5)))
            }
        }
    }

    @Test("A refused request is in the list with its error, and the list has a limit")
    func failed() async throws {
        try await TestServer().run { client in
            for name in ["a", "b", "c"] {
                try await client.post("/v1/completions", #"{"prompt": "abc", "model": "\#(name)"}"#, headers: [Self.name: name])
            }
            let requests = try await client.get("/requests?limit=2").json["requests"]?.items ?? []
            #expect(requests.map { $0["id"] } == ["c", "b"])
            #expect(requests.first?["status"] == 404)
            #expect(requests.first?["model"] == TemplateValue.none)
            #expect(try await client.get("/requests/a/explain").text.contains("with status 404: there is no model 'a' here"))
        }
    }
}
