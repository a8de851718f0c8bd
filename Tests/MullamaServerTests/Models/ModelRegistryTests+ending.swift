import Foundation
import ModelStore
import Mullama
import MullamaTestSupport
import Synchronization
import Testing

@testable import MullamaServer

/// How models leave: when they are asked to, and when the server stops.
extension ModelRegistryTests {
    // MARK: Unloading

    @Test func unloadingAModelInUseWaitsForItsEnd() async throws {
        let registry = try self.registry(FakeModelLoader())
        let lease = try await registry.lease("a:1")
        await registry.unload("a:1")
        #expect(registry.loaded.first?.model === lease.model)
        lease.release()
        try await self.until { registry.loaded.isEmpty }
        await registry.unload("a:1")
        await registry.unload("nope")
    }

    @Test func aModelThatGoesIsThereAgainForWhoAsks() async throws {
        let loader = FakeModelLoader()
        let registry = try self.registry(loader)
        let control = FakeControl(isHeld: true)
        loader.control("a:1", control)
        let lease = try await registry.lease("a:1")
        // The engine is in a step and cannot close before it is over.
        let stream = AsyncContext(lease.model).stream("abc", maxTokens: 5)
        await control.steps(1)
        lease.release()
        async let unloaded: Void = registry.unload("a:1")
        try await self.until { if case .unloading = registry.loaded.first?.state { true } else { false } }
        async let next = registry.lease("a:1")
        try await self.until { registry.core.withLock { $0.waiters.count } == 1 }
        #expect(loader.events.count { $0 == .began("a:1") } == 1, "a second copy is loaded beside the first")
        control.release()
        #expect(try await stream.collect().text == "abcab")
        await unloaded
        #expect(try await next.model !== lease.model)
        #expect(loader.events.count { $0 == .began("a:1") } == 2)
    }

    @Test func deletingAModelUnloadsItUnlessItHasAnotherName() async throws {
        let registry = try self.registry(FakeModelLoader())
        try await registry.copy("b:1", to: "d:1")
        let lease = try await registry.lease("d:1")
        try await registry.delete("b:1")
        #expect(registry.loaded.first?.keepAlive == .standard)
        try await registry.delete("d:1")
        #expect(throws: MullamaError.self) { try registry.resolve("d:1") }
        #expect(try await lease.model.generate("abc", maxTokens: 3) == "abc")
        lease.release()
        try await self.until { registry.loaded.isEmpty }
        #expect(await self.error { try await registry.delete("d:1") }?.code == .modelNotFound)
    }

    @Test func aModelWithoutItsNameCanBeUnloadedByIt() async throws {
        let registry = try self.registry(FakeModelLoader())
        try await registry.lease("b:1").release()
        try self.fixture.store.remove(ModelName(parsing: "b:1"))
        await registry.unload("B:1")
        #expect(registry.loaded.isEmpty)
    }

    @Test func aModelWhoseNameLeadsElsewhereByNowCanBeUnloadedByIt() async throws {
        let registry = try self.registry(FakeModelLoader())
        try await registry.lease("b:1").release()
        try self.fixture.add("b:1", content: Array("other".utf8))
        #expect(try registry.fullName(of: "B:1") == "b:1")
        await registry.unload("b:1")
        #expect(registry.loaded.isEmpty)

        // Both of them, if both are there.
        try await registry.lease("b:1").release()
        try self.fixture.add("b:1", content: Array("third".utf8))
        try await registry.lease("b:1").release()
        #expect(registry.loaded.count == 2)
        await registry.unload("b:1")
        #expect(registry.loaded.isEmpty)

        try await registry.lease("b:1").release()
        try self.fixture.add("b:1", content: Array("fourth".utf8))
        try await registry.delete("b:1")
        try await self.until { registry.loaded.isEmpty }
        #expect(await self.error { _ = try registry.fullName(of: "b:1") }?.code == .modelNotFound)
    }

    @Test func namesAreCopiedInTheStore() async throws {
        let registry = try self.registry(FakeModelLoader())
        #expect(try await registry.copy("B:1", to: "New").name.description == "new:latest")
        #expect(try registry.available().map(\.name) == ["a:1", "b:1", "c:1", "new:latest"])
        #expect(await self.error { try await registry.copy("b:1", to: "../x") }?.code == .invalidRequest)
        #expect(await self.error { try await registry.copy("nope", to: "x") }?.code == .modelNotFound)
        #expect(await self.error { try await registry.copy("../x", to: "x") }?.code == .modelNotFound)
    }

    // MARK: Closing

    @Test func closingGivesUsersTheirGraceAndRefusesTheRest() async throws {
        let loader = FakeModelLoader()
        let control = FakeControl(isHeld: true)
        loader.control("a:1", control)
        let registry = try self.registry(loader)
        let lease = try await registry.lease("a:1")
        let stream = AsyncContext(lease.model).stream("abc", maxTokens: 4)
        await control.steps(1)
        async let closed: Void = registry.close(grace: .seconds(3600))
        try await self.until { registry.core.withLock { $0.state.isClosed } }
        #expect(await self.error { _ = try await registry.lease("a:1") }?.code == .modelClosed)
        control.release()
        #expect(try await stream.collect().text == "abca")
        await closed
        await registry.close(grace: .zero)
        #expect(registry.loaded.isEmpty)
        lease.release()
    }

    @Test func aSecondCloseCutsTheGraceShort() async throws {
        let loader = FakeModelLoader()
        let control = FakeControl(isHeld: true)
        loader.control("a:1", control)
        let registry = try self.registry(loader)
        let lease = try await registry.lease("a:1")
        let stream = AsyncContext(lease.model).stream("abc", maxTokens: 400)
        await control.steps(1)
        async let closed: Void = registry.close(grace: .seconds(3600))
        try await self.until { registry.core.withLock { $0.state.isClosed } }
        async let again: Void = registry.close(grace: .zero)
        try await self.until { registry.core.withLock { $0.grace } == .zero }
        control.release()
        await #expect(throws: MullamaError.self) { try await stream.collect() }
        _ = await (closed, again)
        lease.release()
    }

    @Test func closingEndsLoads() async throws {
        let loader = FakeModelLoader(isHeld: true)
        let registry = try self.registry(loader)
        async let refused = self.error { _ = try await registry.lease("a:1") }
        try await loader.wait(for: .began("a:1"))
        await registry.close(grace: .seconds(1))
        #expect(await refused?.code == .modelClosed)
        #expect(loader.events == [.began("a:1"), .cancelled("a:1")])
    }

    @Test func runningEndsWithItsTask() async throws {
        let registry = try self.registry(FakeModelLoader())
        let task = Task { try await registry.run() }
        task.cancel()
        try await task.value
    }

    /// Nobody is left holding a registry that is not used any more, with a time that runs.
    @Test func aRegistryGoesWithItsLastUser() async throws {
        var registry: ModelRegistry? = try self.registry(FakeModelLoader())
        weak let gone = registry
        try await registry?.lease("b:1").release()
        await self.clock.nextSleeper()
        registry = nil
        try await self.until { gone == nil }
    }
}
