import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("What is told of models", .timeLimit(.minutes(1)))
struct ModelEventTests {
    @Test("Loads, failed loads and unloads are counted by model; a load that nobody waits for any more is no failure")
    func counts() async throws {
        let fixture = try StoreFixture()
        for name in ["a:1", "b:1", "c:1"] { try fixture.add(name) }
        let loader = FakeModelLoader(isHeld: true)
        let models = try ModelRegistry(named: ["a:1"], store: fixture.store, memoryBudget: 100, loader: loader)
        let state = ServerState(settings: ServerSettings(), models: models)
        func lines() -> [Substring] { state.registry.page().split(separator: "\n") }

        // A task keeps what it returns, and a lease its model.
        let loading = Task { try await models.lease("a:1").release() }
        try await loader.wait(for: .began("a:1"))
        #expect(lines().contains(#"mullama_model_ready{model="a:1"} 0"#))
        loader.finish("a:1")
        try await loading.value
        #expect(lines().contains(#"mullama_model_ready{model="a:1"} 1"#))

        loader.fail("b:1", MullamaError(.invalidModelFile, "damaged"))
        let failing = Task { try await models.lease("b:1") }
        try await loader.wait(for: .began("b:1"))
        loader.finish("b:1")
        await #expect(throws: MullamaError.self) { _ = try await failing.value }

        let leaving = Task { try await models.lease("c:1") }
        try await loader.wait(for: .began("c:1"))
        leaving.cancel()
        try await loader.wait(for: .cancelled("c:1"))

        await models.unload("a:1")
        let page = lines()
        #expect(page.contains(#"mullama_model_loads_total{model="a:1",outcome="loaded"} 1"#))
        #expect(page.contains(#"mullama_model_load_seconds_count{model="a:1"} 1"#))
        #expect(page.contains(#"mullama_model_unloads_total{model="a:1"} 1"#))
        #expect(page.contains(#"mullama_model_loads_total{model="b:1",outcome="failed"} 1"#))
        #expect(!page.contains { $0.hasPrefix("mullama_model_loads_total{model=\"c:1\"") && $0.hasSuffix(" 1") })
    }
}
