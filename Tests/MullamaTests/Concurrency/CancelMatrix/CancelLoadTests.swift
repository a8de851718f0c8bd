import MullamaTestSupport
import Testing

@testable import Mullama

/// The row of the matrix that has no model yet.
@Suite("Cancel matrix: loading", .timeLimit(.minutes(1)))
struct CancelLoadTests {
    private let loads = SharedLoads<String, ManualLoad.Weights>()
    private let clock = ManualClock()

    private func request(_ load: ManualLoad) -> Task<ManualLoad.Weights, any Error> {
        Task { [loads] in try await loads.value(for: "model", onProgress: nil) { isCancelled, _ in try load.run(isCancelled) } }
    }

    private func request(_ load: ManualLoad, _ cell: CancelCell) async -> Task<ManualLoad.Weights, any Error> {
        guard cell.way == .timeout else { return self.request(load) }
        let task = Task { [loads, clock] in
            try await withTimeout(Victim.limit, clock: clock) {
                try await loads.value(for: "model", onProgress: nil) { isCancelled, _ in try load.run(isCancelled) }
            }
        }
        await self.clock.nextSleeper()
        return task
    }

    private func strike(_ task: Task<ManualLoad.Weights, any Error>, _ cell: CancelCell) async {
        if cell.way == .timeout { self.clock.advance(by: Victim.limit) } else { task.cancel() }
        await #expect {
            _ = try await task.value
        } throws: { error in
            cell.way == .timeout ? (error as? MullamaError)?.code == .timedOut : error is CancellationError
        }
    }

    @Test("S03 S22: one who leaves does so at once, and the load goes on for the others", arguments: CancelCell.onLoads)
    func oneOfTwo(_ cell: CancelCell) async throws {
        let load = ManualLoad()
        let other = self.request(load)
        try await waitWhile(self.loads.waitingCount(for: "model") < 1)
        let victim = await self.request(load, cell)
        try await waitWhile(self.loads.waitingCount(for: "model") < 2)

        await self.strike(victim, cell)
        #expect(self.loads.waitingCount(for: "model") == 1)
        load.finish()
        _ = try await other.value
        #expect(load.starts == 1)
    }

    @Test("S03 S22: when the last one leaves the load is given up, and the same model can be loaded anew", arguments: CancelCell.onLoads)
    func last(_ cell: CancelCell) async throws {
        let load = ManualLoad()
        let victim = await self.request(load, cell)
        try await waitWhile(load.starts == 0)

        await self.strike(victim, cell)
        for await _ in load.cancelled.stream { break }
        load.finish()
        _ = try await self.request(load).value
        #expect(load.starts == 2)
        #expect(self.loads.waitingCount(for: "model") == 0)
    }
}
