import Foundation
import ModelStore
import Mullama
import MullamaTestSupport
import Synchronization
import Testing

@testable import MullamaServer

/// The registry as its callers see it. What it decides in which order is in `RegistryStateTests`.
@Suite(.timeLimit(.minutes(1))) struct ModelRegistryTests {
    let fixture: StoreFixture
    let clock = ManualClock()

    init() throws {
        self.fixture = try StoreFixture()
        for name in ["a:1", "b:1", "c:1"] { try self.fixture.add(name) }
    }

    func registry(
        _ loader: FakeModelLoader,
        budget: Int = 100,
        keepAlive: KeepAlive? = nil,
        named: [NamedModel] = ["a:1"]
    ) throws -> ModelRegistry {
        try ModelRegistry(
            named: named,
            store: self.fixture.store,
            memoryBudget: budget,
            keepAlive: keepAlive,
            loader: loader,
            clock: self.clock
        )
    }

    /// Waits until the registry is as a test wants it. It tells nobody when it changes.
    func until(_ isReached: () -> Bool) async throws {
        try await waitWhile(!isReached())
    }

    /// The error of a call that must fail.
    func error(_ body: () async throws -> Void) async -> MullamaError? {
        do {
            try await body()
            Issue.record("the call did not fail")
            return nil
        } catch {
            return error as? MullamaError
        }
    }

    // MARK: Loading

    @Test func aModelIsLoadedWhenItIsFirstAskedFor() async throws {
        let loader = FakeModelLoader()
        let registry = try self.registry(loader)
        #expect(loader.events.isEmpty && registry.loaded.isEmpty)
        let first = try await registry.lease("b:1")
        #expect(first.reference.name == "b:1")
        let second = try await registry.lease("B:1")
        #expect(first.model === second.model)
        #expect(second.loadTime == .zero)
        #expect(loader.events == [.began("b:1"), .loaded("b:1")])
        #expect(try await registry.lease(nil).reference.name == "a:1")
    }

    @Test func theModelOfALeaseAnswers() async throws {
        let registry = try self.registry(FakeModelLoader())
        let lease = try await registry.lease(nil)
        #expect(try await lease.model.generate("abc", maxTokens: 3) == "abc")
        lease.release()
        await registry.unload("a:1")
        let error = await self.error { _ = try await lease.model.generate("abc") }
        #expect(error?.code == .modelClosed, "the model was not closed when it was unloaded")
    }

    @Test func aLoadIsSharedAndItsTimeIsTold() async throws {
        let loader = FakeModelLoader(isHeld: true)
        let registry = try self.registry(loader)
        async let first = registry.lease("a:1")
        async let second = registry.lease("a:1")
        try await loader.wait(for: .began("a:1"))
        try await self.until { registry.core.withLock { $0.waiters.count } == 2 }
        guard case .loading(let progress) = try #require(registry.loaded.first).state else {
            Issue.record("the model is not loading")
            return
        }
        #expect(progress == 0.5)
        self.clock.advance(by: .seconds(7))
        loader.finish("a:1")
        #expect(try await first.model === second.model)
        #expect(try await (first.loadTime, second.loadTime) == (.seconds(7), .seconds(7)))
        #expect(registry.loaded.first?.loadTime == .seconds(7))
    }

    @Test func oneLoadDoesNotHoldUpAnother() async throws {
        let loader = FakeModelLoader(isHeld: true)
        let registry = try self.registry(loader)
        async let slow = registry.lease("a:1")
        try await loader.wait(for: .began("a:1"))
        async let quick = registry.lease("b:1")
        try await loader.wait(for: .began("b:1"))
        loader.finish("b:1")
        #expect(try await quick.reference.name == "b:1")
        loader.finish("a:1")
        _ = try await slow
    }

    @Test func aFailedLoadIsToldToAllAndTriedAgain() async throws {
        let loader = FakeModelLoader(isHeld: true)
        let registry = try self.registry(loader)
        loader.fail("a:1", MullamaError(.unsupportedModel, "no"))
        async let first = self.error { _ = try await registry.lease("a:1") }
        async let second = self.error { _ = try await registry.lease("a:1") }
        try await loader.wait(for: .began("a:1"))
        try await self.until { registry.core.withLock { $0.waiters.count } == 2 }
        loader.finish("a:1")
        #expect(await (first?.code, second?.code) == (.unsupportedModel, .unsupportedModel))
        #expect(registry.loaded.isEmpty)
        async let third = registry.lease("a:1")
        try await loader.wait { $0.count { $0 == .began("a:1") } == 2 }
        loader.finish("a:1")
        _ = try await third
    }

    @Test func cancellingTheLastWhoWaitsEndsTheLoad() async throws {
        let loader = FakeModelLoader(isHeld: true)
        let registry = try self.registry(loader)
        let tasks = (0..<2).map { _ in Task { try await registry.lease("a:1") } }
        try await loader.wait(for: .began("a:1"))
        try await self.until { registry.core.withLock { $0.waiters.count } == 2 }
        tasks[0].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        #expect(loader.events == [.began("a:1")], "the load was taken from the other")
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        try await loader.wait(for: .cancelled("a:1"))
        try await self.until { registry.loaded.isEmpty }
        async let next = registry.lease("a:1")
        try await loader.wait { $0.count { $0 == .began("a:1") } == 2 }
        loader.finish("a:1")
        _ = try await next
    }

    @Test func whoIsCancelledBeforehandLoadsNothing() async throws {
        let loader = FakeModelLoader()
        let registry = try self.registry(loader)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await registry.lease("a:1")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(loader.events.isEmpty)
    }

    @Test func whatIsNotThereIsRefusedWithWhatIs() async throws {
        let registry = try self.registry(FakeModelLoader())
        let error = await self.error { _ = try await registry.lease("nope") }
        #expect(error?.code == .modelNotFound)
        #expect(error?.message.contains("a:1, b:1, c:1") == true)
    }

    // MARK: Keeping

    @Test func aModelIsUnloadedFiveMinutesAfterItsLastUse() async throws {
        let registry = try self.registry(FakeModelLoader())
        try await registry.lease("b:1").release()
        self.clock.advance(by: .seconds(200))
        let lease = try await registry.lease("b:1")
        self.clock.advance(by: .seconds(1000))
        #expect(registry.loaded.first?.users == 1)
        lease.release()
        lease.release()
        #expect(registry.loaded.first?.users == 0)
        #expect(registry.loaded.first?.model != nil)
        await self.clock.nextSleeper()
        self.clock.advance(by: .seconds(300))
        try await self.until { registry.loaded.isEmpty }
    }

    @Test func theDefaultModelIsKeptForEver() async throws {
        let registry = try self.registry(FakeModelLoader())
        try await registry.lease("a:1").release()
        #expect(registry.loaded.first?.keepAlive == .forever)
        #expect(registry.loaded.first?.expires == nil)
        // Also by another of its names.
        try self.fixture.add("d:1", content: Array("a:1".utf8))
        await registry.unload("a:1")
        try await registry.lease("d:1").release()
        #expect(registry.loaded.first?.keepAlive == .forever)
    }

    @Test func aTimeGivenToTheServerHoldsForAll() async throws {
        let registry = try self.registry(FakeModelLoader(), keepAlive: .duration(.seconds(60)))
        try await registry.lease("a:1").release()
        let expires = try #require(registry.loaded.first?.expires)
        #expect(abs(expires.timeIntervalSinceNow - 60) < 30)
        await self.clock.nextSleeper()
        self.clock.advance(by: .seconds(60))
        try await self.until { registry.loaded.isEmpty }
    }

    @Test func aRequestsTimeGoesBeforeTheServers() async throws {
        let registry = try self.registry(FakeModelLoader())
        try await registry.lease("a:1", keepAlive: .duration(.seconds(10))).release()
        #expect(registry.loaded.first?.keepAlive == .duration(.seconds(10)))
        try await registry.lease("a:1", keepAlive: .duration(.zero)).release()
        try await self.until { registry.loaded.isEmpty }
    }

    @Test func theEndOfALeaseLetsGo() async throws {
        let registry = try self.registry(FakeModelLoader())
        var lease: ModelLease? = try await registry.lease("a:1")
        #expect(registry.loaded.first?.users == 1)
        lease = nil
        #expect(lease == nil)
        // The task that loaded it may hold it a moment longer.
        try await self.until { registry.loaded.first?.users == 0 }
    }

    @Test func anEarlierEndMovesTheAlarm() async throws {
        let registry = try self.registry(FakeModelLoader())
        try await registry.lease("b:1").release()
        try await registry.lease("c:1", keepAlive: .duration(.seconds(10))).release()
        await self.clock.nextSleeper()
        self.clock.advance(by: .seconds(10))
        try await self.until { registry.loaded.map(\.reference.name) == ["b:1"] }
    }

    // MARK: Memory

    @Test func theLeastRecentlyUsedMakesRoom() async throws {
        let loader = FakeModelLoader(needs: ["a:1": 4, "b:1": 4, "c:1": 4])
        let registry = try self.registry(loader, budget: 9)
        for name in ["a:1", "b:1", "a:1"] {
            try await registry.lease(name).release()
            self.clock.advance(by: .seconds(1))
        }
        _ = try await registry.lease("c:1")
        #expect(registry.loaded.map(\.reference.name) == ["a:1", "c:1"])
        #expect(registry.loaded.map(\.memory) == [4, 4])
    }

    @Test func whoWaitsForRoomGetsItWhenALeaseEnds() async throws {
        let loader = FakeModelLoader(needs: ["a:1": 4, "b:1": 4])
        let registry = try self.registry(loader, budget: 4)
        let first = try await registry.lease("a:1")
        async let second = registry.lease("b:1")
        try await self.until { registry.core.withLock { $0.waiters.count } == 1 }
        #expect(try await registry.lease("a:1").model === first.model, "who waits for another model holds up this one")
        first.release()
        #expect(try await second.reference.name == "b:1")
        #expect(registry.loaded.map(\.reference.name) == ["b:1"])
    }

    @Test func waitingForRoomEndsWithNumbers() async throws {
        let loader = FakeModelLoader(needs: ["a:1": 4_000_000_000, "b:1": 5_000_000_000])
        let registry = try self.registry(loader, budget: 6_000_000_000)
        let lease = try await registry.lease("a:1")
        async let refused = self.error { _ = try await registry.lease("b:1") }
        await self.clock.nextSleeper()
        self.clock.advance(by: .seconds(30))
        let error = try #require(await refused)
        #expect(error.code == .overloaded)
        #expect(error.retryAfter == .seconds(2))
        for part in ["b:1 takes 5.0 GB", "1 other model takes 4.0 GB of the 6.0 GB", "2 s"] {
            #expect(error.message.contains(part), "\(error)")
        }
        #expect(loader.events == [.began("a:1"), .loaded("a:1")])
        lease.release()
    }

    @Test func aModelLargerThanAllMemoryIsRefusedAtOnce() async throws {
        let registry = try self.registry(FakeModelLoader(needs: ["b:1": 5_000_000_000]), budget: 4_000_000_000)
        let error = await self.error { _ = try await registry.lease("b:1") }
        #expect(error?.code == .outOfMemory)
        #expect(error?.message.contains("5.0 GB") == true && error?.message.contains("4.0 GB") == true)
        #expect(registry.loaded.isEmpty)
    }

    // MARK: All together

    /// Many callers of more models than fit: nobody is forgotten, each gets the model that it asked for, and never more is loaded than fits.
    @Test func manyCallersOfManyModels() async throws {
        for number in 0..<8 { try self.fixture.add("m:\(number)") }
        let loader = FakeModelLoader(needs: Dictionary(uniqueKeysWithValues: (0..<8).map { ("m:\($0)", 2 + $0 % 3) }))
        let registry = try self.registry(loader, budget: 9)
        let served = await withTaskGroup(of: Bool.self) { group in
            for call in 0..<400 {
                let name = "m:\(call * 7 % 8)"
                let task = Task {
                    let lease = try await registry.lease(name, keepAlive: call % 50 == 0 ? .duration(.zero) : nil)
                    defer { lease.release() }
                    #expect(lease.reference.name == name)
                    let text = try await lease.model.generate("\(call)", maxTokens: 3)
                    #expect(text == String("\(call)\(call)\(call)".prefix(3)))
                }
                if call % 10 == 3 { task.cancel() }
                group.addTask { (try? await task.value) != nil }
            }
            for _ in 0..<1000 {
                let taken = registry.loaded.reduce(0) { $0 + $1.memory }
                #expect(taken <= 9)
                await Task.yield()
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(served >= 360)
        #expect(registry.core.withLock { $0.waiters.isEmpty && $0.state.waitingCount == 0 })
        #expect(registry.loaded.allSatisfy { $0.users == 0 })
        await registry.close(grace: .zero)
        #expect(registry.loaded.isEmpty)
    }
}
