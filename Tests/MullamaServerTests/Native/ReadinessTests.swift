import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import Mullama
@testable import MullamaServer

@Suite("Health and readiness", .timeLimit(.minutes(1)))
struct ReadinessTests {
    private func obstacle(_ readiness: Readiness) -> Readiness.Obstacle? {
        if case .waiting(let obstacle, _, _) = readiness { obstacle } else { nil }
    }

    @Test("What stands in the way, by the model's state")
    func states() {
        #expect(self.obstacle(Readiness(isDraining: false, model: "m", state: nil)) == .modelNotLoaded)
        #expect(self.obstacle(Readiness(isDraining: false, model: "m", state: .loading(progress: 0.4))) == .modelLoading)
        #expect(self.obstacle(Readiness(isDraining: false, model: "m", state: .unloading)) == .modelUnloading)
        #expect(Readiness(isDraining: false, model: "m", state: .ready(FakeModel().model)) == .ready(model: "m"))
        #expect(Readiness(isDraining: false, model: nil, state: nil) == .ready(model: nil))
        #expect(self.obstacle(Readiness(isDraining: true, model: "m", state: .ready(FakeModel().model))) == .draining)
    }

    @Test("An engine that has been at one step for too long is stalled, and ready again after it")
    func stalled() async throws {
        let clock = ManualClock()
        let fake = FakeModel(FakeControl(isHeld: true), clock: clock)
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 2)
        await fake.control.steps(1)
        func readiness() -> Readiness { Readiness(isDraining: false, model: "m", state: .ready(fake.model)) }
        clock.advance(by: Readiness.longestStep)
        #expect(self.obstacle(readiness()) == nil)
        clock.advance(by: .milliseconds(1))
        #expect(self.obstacle(readiness()) == .engineStalled)
        fake.control.release()
        _ = try await stream.collect()
        #expect(self.obstacle(readiness()) == nil)
    }

    @Test("Ready once the model is loaded, and not while the server drains; alive all the time")
    func overHTTP() async throws {
        let server = try TestServer()
        try await server.run { client in
            #expect(try await client.get("/health").text == #"{"status": "ok"}"#)
            let before = try await client.get("/ready")
            #expect(before.status == .serviceUnavailable)
            #expect(before.headers[.retryAfter] == "5")
            #expect(try before.json["reason"] == "model_not_loaded")

            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 2}"#)
            let ready = try await client.get("/ready")
            #expect(ready.status == .ok)
            #expect(try ready.json == ["status": "ready", "model": "fake"])

            server.state.admission.drain()
            let draining = try await client.get("/ready")
            #expect(draining.status == .serviceUnavailable)
            #expect(try draining.json["reason"] == "draining")
            #expect(draining.headers[.retryAfter] != nil)
            #expect(try await client.get("/health").status == .ok)
        }
    }

    @Test("Both are answered while the engine is in a step, and so are metrics and requests")
    func whileBusy() async throws {
        let server = try TestServer(FakeModel(FakeControl(isHeld: true)))
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = HTTPClient.post(port, "/v1/completions", #"{"prompt": "abc", "max_tokens": 2}"#)
            await server.fake.control.steps(1)
            #expect(try await client.get("/health").status == .ok)
            #expect(try await client.get("/ready").status == .ok)
            #expect(try await client.get("/metrics").status == .ok)
            #expect(try await client.get("/requests").status == .ok)
            server.fake.control.release()
            #expect(try await answer.status == .ok)
        }
    }
}
