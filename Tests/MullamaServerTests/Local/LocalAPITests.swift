import ChatTemplates
import Foundation
import HTTPTypes
import HummingbirdTesting
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("What mullama's commands ask", .timeLimit(.minutes(1)))
struct LocalAPITests {
    private func events(_ response: TestResponse) throws -> [LocalEvent] {
        try self.events(response.text)
    }

    private func events(_ text: String) throws -> [LocalEvent] {
        try text.split(separator: "\n").map { try #require(LocalEvent(json: TemplateValue(json: String($0)))) }
    }

    private func request(_ prompt: LocalRequest.Prompt, model: String = "fake", maxTokens: Int = 6) -> LocalRequest {
        LocalRequest(model: model, prompt: prompt, maxTokens: maxTokens, options: .greedy)
    }

    @Test("An answer comes in parts, between its acceptance and its end")
    func answer() async throws {
        let json = self.request(.raw("abc")).json.json
        try await TestServer().run { client in
            let events = try self.events(try await client.post("/generate", json))
            guard case .accepted(let model, _) = events.first else { throw NoEvent() }
            #expect(model == "fake")
            let text = events.reduce("") { if case .text(let part) = $1 { $0 + part } else { $0 } }
            #expect(text == "abcabc")
            guard case .end(let reason, let usage, _) = events.last else { throw NoEvent() }
            #expect(reason == .length)
            #expect(usage.completionTokens == 6)
        }
    }

    @Test("A chat is rendered with the model's template")
    func chat() async throws {
        let json = self.request(.messages([ChatMessage(.system, "s"), ChatMessage(.user, "hello")])).json.json
        try await TestServer().run { client in
            guard case .end(_, let usage, _) = try self.events(try await client.post("/generate", json)).last else { throw NoEvent() }
            #expect(usage.promptTokens > 5)
        }
    }

    @Test("Refusals keep the library's codes, with the status that clients of HTTP expect")
    func refusals() async throws {
        let unknown = self.request(.raw("a"), model: "other").json.json
        let long = self.request(.raw(String(repeating: "a", count: 100_000))).json.json
        try await TestServer().run { client in
            let missing = try await client.post("/generate", unknown)
            #expect(missing.status == .notFound)
            let error = try #require(LocalEvent.refusal(TemplateValue(json: missing.text), status: 404))
            #expect(error.code == .modelNotFound)
            #expect(error.message.contains("other"))

            let tooLong = try await client.post("/generate", long)
            #expect(tooLong.status == .badRequest)
            #expect(try LocalEvent.refusal(TemplateValue(json: tooLong.text), status: 400)?.code == .contextWindowExceeded)

            for body in ["{}", #"{"model": "fake"}"#, #"{"model": "fake", "prompt": "a", "messages": []}"#, "[]"] {
                #expect(try await client.post("/generate", body).status == .badRequest)
            }
        }
    }

    @Test("A refusal without a code of ours is what its status says")
    func foreign() throws {
        let ours: TemplateValue = ["error": ["message": "no", "code": "queue_full"]]
        let codes = [400, 404, 429, 503, 504, 500].map { LocalEvent.refusal(ours, status: $0)?.code }
        #expect(codes == [.invalidRequest, .modelNotFound, .overloaded, .overloaded, .timedOut, .engineFailed])
        #expect(LocalEvent.refusal(["error": "gone"], status: 404)?.message == "gone")
        #expect(LocalEvent.refusal([:], status: 404) == nil)
        #expect(LocalEvent.cancellation(ours) == nil)
        #expect(LocalEvent.cancellation(["error": "gone"]) == nil)
    }

    @Test("All that mullama run can ask arrives")
    func roundTrip() throws {
        var options = GenerationOptions(
            temperature: 0.25,
            topK: 7,
            topP: 0.5,
            minP: 0.125,
            typicalP: 0.75,
            repeatPenalty: 1.5,
            repeatLastN: 9,
            frequencyPenalty: 0.5,
            presencePenalty: -0.5,
            seed: .max - 1,
            stop: ["x", "\u{0}y"],
            grammar: "root ::= \"a\"",
            deadline: .milliseconds(1500)
        )
        let request = LocalRequest(model: "m", prompt: .raw("p\u{1F469}"), maxTokens: 3, contextSize: 99, options: options)
        let read = try LocalRequest(RequestFields(TemplateValue(json: request.json.json)))
        guard case .raw(let prompt) = read.prompt else { throw NoEvent() }
        #expect(prompt == "p\u{1F469}")
        // Loading a model of its own does not count either.
        #expect(!read.inference.deadlineCountsLoad)
        #expect(read.model == "m" && read.maxTokens == 3 && read.contextSize == 99)
        #expect("\(read.options)" == "\(options)")

        options.seed = nil
        options.deadline = nil
        options.grammar = nil
        let least = LocalRequest(model: "m", prompt: .messages([ChatMessage(.user, "u")]), maxTokens: 1, options: options)
        let other = try LocalRequest(RequestFields(least.json))
        guard case .messages(let messages) = other.prompt else { throw NoEvent() }
        #expect(messages == [ChatMessage(.user, "u")])
        #expect(other.contextSize == nil)
        #expect("\(other.options)" == "\(options)")
    }

    @Test("Every kind of line is read as it was written")
    func lines() throws {
        let timings = Timings(queued: .milliseconds(1), prefill: .milliseconds(20), decode: .seconds(3))
        let usage = Usage(promptTokens: 1, cachedTokens: 2, completionTokens: 3, droppedTokens: 4)
        let events: [LocalEvent] = [
            .accepted(model: "m", loadTime: .milliseconds(250)), .text("a\nb"), .end(.stopSequence, usage, timings),
            .failure(MullamaError(.invalidGrammar, "no", underlying: 3)),
            .failure(MullamaError(.overloaded, "no", retryAfter: .seconds(3))), .cancelled("ended by another"),
        ]
        for event in events {
            let read = try #require(LocalEvent(json: TemplateValue(json: event.json.json)))
            #expect("\(read)" == "\(event)")
        }
        #expect(LocalEvent(json: ["new": 1]) == nil)
        #expect(LocalEvent(json: "text") == nil)
        for code in MullamaError.Code.all {
            guard case .failure(let error) = LocalEvent(json: LocalEvent.failure(MullamaError(code, "m")).json) else { throw NoEvent() }
            #expect(error.code == code)
        }
    }

    @Test("The time limit of mullama run counts from when the model is there")
    func deadline() async throws {
        let fixture = try StoreFixture()
        try fixture.add("a:1")
        // Loading takes longer than the limit; after it the engine's clock stands still.
        let loader = FakeModelLoader(isHeld: true) { FakeModel($0, clock: ManualClock()).model }
        let models = try ModelRegistry(named: ["a:1"], store: fixture.store, memoryBudget: 100, loader: loader)
        var request = self.request(.raw("abc"), model: "a:1")
        request.options.deadline = .nanoseconds(1)
        let json = request.json.json
        try await TestServer.run(ServerState(settings: ServerSettings(), models: models)) { client in
            let port = try #require(client.port)
            async let answer = HTTPClient.post(port, "/generate", json)
            try await loader.wait(for: .began("a:1"))
            loader.finish("a:1")
            guard case .end(.length, _, _) = try self.events(try await answer.text).last else { throw NoEvent() }
        }
    }

    @Test("A request that another has ended says so, before its answer and in the middle of it", arguments: [true, false])
    func cancelled(isLoadHeld: Bool) async throws {
        let json = self.request(.raw("abc"), maxTokens: 400).json.json
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)), isLoadHeld: isLoadHeld)
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = HTTPClient.post(port, "/generate", json, headers: [.requestID: "mine"])
            if isLoadHeld {
                try await waitWhile(server.state.requests.live.isEmpty)
            } else {
                await server.fake.control.advance { $0.plans.last?.decode.count == 1 }
            }
            #expect(try await client.execute(uri: "/requests/mine", method: .delete) { $0.status } == .ok)
            server.fake.control.release()
            if isLoadHeld {
                #expect(try await LocalEvent.cancellation(TemplateValue(json: answer.text))?.hasPrefix("ended by another") == true)
            } else {
                guard case .cancelled(let message) = try self.events(try await answer.text).last else { throw NoEvent() }
                #expect(message.hasPrefix("ended by another"))
            }
        }
    }

    @Test("The status has the models in memory and who uses them")
    func status() async throws {
        let server = try TestServer()
        try await server.run { client in
            #expect(try LocalStatus(json: TemplateValue(json: try await client.get("/status").text)).models.isEmpty)
            let lease = try await server.state.models.lease("fake")
            let status = try LocalStatus(json: TemplateValue(json: try await client.get("/status").text))
            #expect(status.models.map(\.name) == ["fake"])
            #expect(status.models.map(\.state) == [.ready])
            #expect(status.requests == 1)
            #expect(status.parallel == server.state.models.params.parallel)
            lease.release()
            #expect(try LocalStatus(json: TemplateValue(json: try await client.get("/status").text)).requests == 0)
        }
    }

    private struct NoEvent: Error {}
}
