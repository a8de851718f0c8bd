import Testing

/// Everything is checked by the harness, the plan check and the reference cache on the way, and by the script at its end: every request ends
/// exactly once, nothing is left over, and what it says does not depend on who else ran, on cache hits, cancels, pauses, faults or resizes.
@Suite("Scheduler: random scripts")
struct SchedulerPropertyTests {
    @Test("the same answer under any load, and nothing is left over", arguments: 0..<300)
    func script(seed: Int) {
        var script = RandomScript(seed: UInt64(seed))
        _ = script.run()
    }

    @Test("the scripts reach what they are for")
    func coverage() {
        let tally = (0..<80).reduce(RandomScript.Tally()) { tally, seed in
            var script = RandomScript(seed: UInt64(seed))
            return tally + script.run()
        }
        #expect(tally.finished > 200, "\(tally)")
        #expect(tally.cancelled > 20 && tally.expired > 10 && tally.faults > 5, "\(tally)")
        #expect(tally.failedResizes > 10 && tally.resizes > 60, "\(tally)")
        #expect(tally.shifts > 5 && tally.stopped > 20 && tally.cachedTokens > 1_000 && tally.together > 60, "\(tally)")
        #expect(tally.copies > 20 && tally.parks > 10 && tally.suspensions > 10 && tally.saves > 10, "\(tally)")
    }

    @Test("a seed makes the same script every time")
    func repeatable() {
        var first = RandomScript(seed: 7)
        var second = RandomScript(seed: 7)
        #expect(first.run() == second.run())
    }
}
