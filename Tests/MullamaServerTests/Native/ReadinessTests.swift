import ChatTemplates
import Foundation
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

    private func readiness(_ state: LoadedModel.State?, hasStarted: Bool = true, hasFailed: Bool = false) -> Readiness {
        Readiness(Readiness.Model(name: "m", state: state, hasStarted: hasStarted, hasFailed: hasFailed))
    }

    @Test("What stands in the way, by the model's state")
    func states() {
        let model = FakeModel().model
        #expect(self.readiness(.ready(model)) == .ready(model: "m", .loaded))
        #expect(self.readiness(nil) == .ready(model: "m", .unloaded))
        #expect(self.readiness(.loading(progress: 0.4)) == .ready(model: "m", .loading))
        #expect(self.readiness(.unloading) == .ready(model: "m", .unloading))
        #expect(self.obstacle(self.readiness(nil, hasStarted: false)) == .starting)
        #expect(self.obstacle(self.readiness(.loading(progress: 0.4), hasStarted: false)) == .starting)
        #expect(self.readiness(.ready(model), hasStarted: false) == .ready(model: "m", .loaded))
        #expect(self.obstacle(self.readiness(nil, hasFailed: true)) == .modelLoadFailed)
        #expect(self.readiness(.ready(model), hasFailed: true) == .ready(model: "m", .loaded))
    }

    @Test("A failed load speaks against its model until a load goes well, or until somebody should try again")
    func failures() throws {
        let begin = ContinuousClock.now
        let model = ModelReference(name: "m", url: URL(filePath: "/m"))
        let other = ModelReference(name: "o", url: URL(filePath: "/o"))
        var loads = DefaultLoads()
        loads.take(.failed(other), default: model, now: begin)
        #expect(!loads.hasStarted)
        loads.take(.failed(model), default: model, now: begin)
        #expect(loads.hasStarted)
        #expect(loads.hasFailed(model.key, now: begin))
        #expect(!loads.hasFailed(other.key, now: begin))
        #expect(!loads.hasFailed(model.key, now: begin + DefaultLoads.failureTime))
        loads.take(.loaded(model, FakeModel().model, after: .zero), default: model, now: begin)
        #expect(!loads.hasFailed(model.key, now: begin))
    }

    @Test("A default model that was unloaded, fails to load, or was replaced under its name")
    func later() async throws {
        let store = try StoreFixture()
        try store.add("a:1")
        let loader = FakeModelLoader(isHeld: true)
        let models = try ModelRegistry(named: ["a:1"], store: store.store, memoryBudget: 100, loader: loader)
        let state = ServerState(settings: ServerSettings(), models: models)
        #expect(self.obstacle(state.readiness) == .starting)
        async let first = models.lease(nil)
        try await loader.wait(for: .began("a:1"))
        #expect(self.obstacle(state.readiness) == .starting)
        loader.finish("a:1")
        try await first.release()
        #expect(state.readiness == .ready(model: "a:1", .loaded))

        await models.unload("a:1")
        #expect(state.readiness == .ready(model: "a:1", .unloaded))
        loader.fail("a:1", MullamaError(.engineFailed, "no"))
        let second = Task { try await models.lease(nil) }
        try await loader.wait { $0.count { $0 == .began("a:1") } == 2 }
        #expect(state.readiness == .ready(model: "a:1", .loading))
        loader.finish("a:1")
        await #expect(throws: MullamaError.self) { try await second.value }
        #expect(self.obstacle(state.readiness) == .modelLoadFailed)

        // Another file under the same name: what the old one did does not matter any more.
        try store.add("a:1", content: Array("other".utf8))
        #expect(state.readiness == .ready(model: "a:1", .unloaded))
        async let third = models.lease(nil)
        try await loader.wait { $0.count { $0 == .began("a:1") } == 3 }
        loader.finish("a:1")
        try await third.release()
        #expect(state.readiness == .ready(model: "a:1", .loaded))
        try await models.delete("a:1")
        #expect(self.obstacle(state.readiness) == .modelNotFound)
        await models.close(grace: .zero)
    }

    @Test("Without a default model a server is ready at once")
    func noDefault() throws {
        let store = try StoreFixture()
        let models = try ModelRegistry(named: [], store: store.store, memoryBudget: 100, loader: FakeModelLoader())
        #expect(ServerState(settings: ServerSettings(), models: models).readiness == .ready(model: nil, nil))
    }

    @Test("An engine that has been at one step for too long is stalled, and ready again after it")
    func stalled() async throws {
        let clock = ManualClock()
        let fake = FakeModel(FakeControl(isHeld: true), clock: clock)
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 2)
        await fake.control.steps(1)
        func readiness() -> Readiness { self.readiness(.ready(fake.model)) }
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
            #expect(before.headers[.retryAfter] == "2")
            #expect(try before.json["reason"] == "starting")

            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 2}"#)
            let ready = try await client.get("/ready")
            #expect(ready.status == .ok)
            #expect(try ready.json == ["status": "ready", "model": "fake", "model_state": "loaded"])

            await server.state.models.unload("fake")
            let unloaded = try await client.get("/ready")
            #expect(unloaded.status == .ok)
            #expect(try unloaded.json["model_state"] == "unloaded")

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
