import Testing

/// Everything is checked on the way by the script: never more contexts out than the size, none of them twice, no call past another, none left
/// waiting while there is room, each ended exactly once, and nothing kept when all is over.
@Suite("Pool: random scripts")
struct PoolPropertyTests {
    @Test("As the simple pool, in every detail", arguments: 0..<500)
    func script(seed: Int) {
        var script = PoolScript(seed: UInt64(seed))
        _ = script.run()
    }

    @Test("The scripts reach what they are for")
    func coverage() {
        let tally = (0..<100).reduce(PoolScript.Tally()) { tally, seed in
            var script = PoolScript(seed: UInt64(seed))
            return tally + script.run()
        }
        #expect(tally.granted > 1_500 && tally.handedOver > 500 && tally.grantedEarly > 100, "\(tally)")
        #expect(tally.cancelled > 100 && tally.timedOut > 100 && tally.tooLate > 100, "\(tally)")
        #expect(tally.refused > 100 && tally.closed > 10, "\(tally)")
        #expect(tally.grown > 50 && tally.shrunkInUse > 50, "\(tally)")
    }

    @Test("A seed makes the same script every time")
    func repeatable() {
        var first = PoolScript(seed: 7)
        var second = PoolScript(seed: 7)
        #expect(first.run() == second.run())
    }
}
