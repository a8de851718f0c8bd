import Testing

@testable import Mullama

@Suite("The life of an engine")
struct EngineLifecycleTests {
    @Test("who waits is handed out once, at the end, and nobody waits for an engine that has ended")
    func waiters() {
        var lifecycle = EngineLifecycle<Int>()
        #expect(lifecycle.isRunning)
        let (first, second) = (lifecycle.close(failing: nil, waiter: 1), lifecycle.close(failing: nil, waiter: 2))
        #expect(first && second && !lifecycle.isRunning && !lifecycle.isClosed)
        let (ended, again) = (lifecycle.end(), lifecycle.end())
        #expect(ended == [1, 2])
        #expect(again == [])
        let late = lifecycle.close(failing: nil, waiter: 3)
        #expect(!late && lifecycle.isClosed && !lifecycle.isRunning)
    }

    @Test("of several times at which the rest fails, the earliest holds, and one that never fails it puts nothing off")
    func failing() {
        var lifecycle = EngineLifecycle<Int>()
        var seen: [Duration?] = []
        for time in [nil, .seconds(9), .seconds(5), .seconds(7), nil] as [Duration?] {
            _ = lifecycle.close(failing: time)
            seen.append(lifecycle.failing)
        }
        #expect(seen == [nil, .seconds(9), .seconds(5), .seconds(5), .seconds(5)])
        _ = lifecycle.end()
        #expect(lifecycle.failing == nil)
    }
}
