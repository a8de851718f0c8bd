import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Loads that are shared", .timeLimit(.minutes(1)))
struct SharedLoadsTests {
    private let loads = SharedLoads<String, ManualLoad.Weights>()

    private func request(_ load: ManualLoad) -> Task<ManualLoad.Weights, any Error> {
        Task { [loads] in
            try await loads.value(for: "model", onProgress: nil) { isCancelled, _ in try load.run(isCancelled) }
        }
    }

    @Test("S11: requests at the same time and later get one value, as long as somebody holds it")
    func shared() async throws {
        let load = ManualLoad()
        do {
            let tasks = (0..<10).map { _ in self.request(load) }
            load.finish()
            var values: [ManualLoad.Weights] = []
            for task in tasks { values.append(try await task.value) }
            values.append(try await self.request(load).value)
            #expect(Set(values.map(ObjectIdentifier.init)).count == 1)
            #expect(load.starts == 1)
        }
        // The threads that carried the value let go of it at their own pace; a leak ends in the time limit.
        while load.starts == 1 { _ = try await self.request(load).value }
    }

    @Test("S03: who is cancelled leaves at once; the load goes on for the others")
    func oneCancelled() async throws {
        let load = ManualLoad()
        let stays = self.request(load)
        let leaves = self.request(load)
        leaves.cancel()
        await #expect(throws: CancellationError.self) { _ = try await leaves.value }
        load.finish()
        _ = try await stays.value
    }

    @Test("S03: when all are cancelled the load is told so, and the next request starts another")
    func allCancelled() async throws {
        let load = ManualLoad()
        let task = self.request(load)
        try await waitWhile(load.starts == 0)
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        for await _ in load.cancelled.stream { break }
        load.finish()
        _ = try await self.request(load).value
        #expect(load.starts == 2)
    }

    @Test("A load that fails fails all who wait, and is tried again by the next")
    func failure() async throws {
        struct Broken: Error {}
        await #expect(throws: Broken.self) {
            _ = try await self.loads.value(for: "model", onProgress: nil) { _, _ in throw Broken() }
        }
        let load = ManualLoad()
        load.finish()
        _ = try await self.request(load).value
    }
}
