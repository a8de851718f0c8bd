import Mullama

struct PoolScenario: Scenario {
    let summary = "a pool of 4: borrowing a context while one is free, and 1,000 tasks that wait for one"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let pool = try await ModelPool(try await setup.load(), size: 4, ContextParams(contextSize: 512))
        var alone: [Double] = []
        var together: [Double] = []
        for run in 0...setup.runs {
            let free = try await Self.medianOfFree(pool)
            let waiting = try await ContinuousClock().measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<1_000 {
                        group.addTask { try await pool.withContext { _ in await Task.yield() } }
                    }
                    try await group.waitForAll()
                }
            }
            precondition(pool.stats.idle == 4 && pool.stats.acquired == (run + 1) * 11_000)
            guard run > 0 else { continue }
            alone.append(free / .microseconds(1))
            together.append(1_000 / (waiting / .seconds(1)))
        }
        await pool.close()
        return Findings(rows: [
            Row("a pool of 4: acquire and release, uncontended", unit: "µs", ours: alone, bar: .below(3)),
            Row("the same with 1,000 waiters", unit: "loans/s", ours: together),
        ])
    }

    /// The median of 10,000 loans that nobody else disturbs.
    private static func medianOfFree(_ pool: ModelPool) async throws -> Duration {
        var times: [Duration] = []
        times.reserveCapacity(10_000)
        for _ in 0..<10_000 {
            let start = ContinuousClock.now
            try await pool.withContext { _ in }
            times.append(ContinuousClock.now - start)
        }
        times.sort()
        return times[times.count / 2]
    }
}
