import ChatTemplates
import Foundation
import HTTPTypes
import HummingbirdTesting
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("What mullama's commands ask")
struct LocalAPITests {
    private func events(_ response: TestResponse) throws -> [LocalEvent] {
        try response.text.split(separator: "\n").map { try #require(LocalEvent(json: TemplateValue(json: String($0)))) }
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
            lease.release()
            #expect(try LocalStatus(json: TemplateValue(json: try await client.get("/status").text)).requests == 0)
        }
    }

    private struct NoEvent: Error {}
}
