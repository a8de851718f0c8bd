import ChatTemplates
import InferenceCore
import Logging
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("A stream that is broken off", .timeLimit(.minutes(1)))
struct BrokenStreamTests {
    static let bodies = [
        ("/v1/completions", #"{"prompt": "abc", "max_tokens": 400, "stream": true}"#),
        ("/v1/chat/completions", #"{"messages": [{"role": "user", "content": "a"}], "max_tokens": 400, "stream": true}"#),
        ("/api/generate", #"{"model": "fake", "prompt": "abc", "raw": true}"#),
        ("/generate", #"{"model": "fake", "prompt": "abc", "max_tokens": 400}"#),
    ]

    private func page(_ running: RunningServer) -> [Substring] { running.state.registry.page().split(separator: "\n") }

    @Test("has its error in the log, in the list of requests and in the explanation", arguments: Self.bodies)
    func fault(path: String, body: String) async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler(.text) }
        try await TestServer(fake).serve(logger: logger) { running in
            let client = try await running.connect()
            try await client.post(path, body, headers: ["X-Request-Id: one"])
            await client.receive("\r\n\r\n")
            await control.advance { $0.plans.last?.decode.count == 1 }
            let generation = try #require(fake.model.generations.first)
            control.fail(RequestID(generation.id), RequestFault(.engineFailed, "the step went wrong"))
            control.release()
            await client.receive("the step went wrong")
            let status = try #require(running.state.requests.request("one"))
            #expect(status.request.error?.message == "the step went wrong")
            #expect(lines.all.contains { $0.contains("error the request failed") && $0.contains("the step went wrong") })
            try await waitWhile(!lines.all.contains(where: { $0.contains("info request") }))
            #expect(lines.all.contains { $0.contains("info request") && $0.contains("code=engine_failed") && $0.contains("status=200") })
            try await waitWhile(running.state.requests.request("one")?.phase != .finished)
            let ended = try #require(running.state.requests.request("one"))
            #expect(ended.json["status"] == 200)
            #expect(ended.json["error"] == "the step went wrong")
            #expect(Explanation(ended) { _, _ in nil }.text.contains("with status 500: the step went wrong"))
            // Work was done for it.
            #expect(self.page(running).filter { $0.hasPrefix("mullama_refusals_total") }.allSatisfy { $0.hasSuffix(" 0") })
        }
    }

    @Test("is counted as refused, once, if it waited too long for its turn", arguments: Self.bodies)
    func overdue(path: String, body: String) async throws {
        let control = FakeControl(isHeld: true)
        let clock = ManualClock()
        let fake = FakeModel(control, parallel: 1, waitLimit: .seconds(60), clock: clock)
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler(.text) }
        try await TestServer(fake).serve(logger: logger) { running in
            let other = try await running.connect()
            try await other.post("/v1/completions", #"{"prompt": "other", "max_tokens": 40}"#)
            await control.advance { $0.plans.last?.decode.count == 1 }
            let client = try await running.connect()
            try await client.post(path, body, headers: ["X-Request-Id: late"])
            // The head is there, and behind it nothing but what is sent before anything is computed.
            await client.receive("\r\n\r\n")
            await control.advance()
            clock.advance(by: .seconds(61))
            control.release()
            await client.receive("has waited for")
            try await waitWhile(!lines.all.contains(where: { $0.contains("request=late") }))
            #expect(lines.all.contains { $0.contains("request=late") && $0.contains("code=overloaded") })
            #expect(self.page(running).contains(#"mullama_refusals_total{reason="overloaded"} 1"#))
            #expect(!lines.all.contains { $0.contains("error the request failed") })
        }
    }

    @Test("by its client is nobody's failure")
    func left() async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler(.text) }
        try await TestServer(fake).serve(logger: logger) { running in
            let client = try await running.connect()
            try await client.post("/v1/completions", Self.bodies[0].1, headers: ["X-Request-Id: gone"])
            await control.advance { $0.plans.last?.decode.count == 1 }
            await client.close()
            // The step is held until the server has seen it, or the answer might be complete first.
            try await waitWhile(running.state.requests.request("gone")?.request.isLeft == false)
            control.release()
            try await waitWhile(!lines.all.contains(where: { $0.contains("info request") }))
            #expect(lines.all.contains { $0.contains("left=true") })
            #expect(running.state.requests.request("gone")?.request.error == nil)
            #expect(!lines.all.contains { $0.contains("error") })
        }
    }
}
