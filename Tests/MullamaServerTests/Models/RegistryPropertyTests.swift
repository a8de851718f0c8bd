import Testing

@testable import MullamaServer

@Suite struct RegistryPropertyTests {
    /// Never two copies of a model, never more than the budget, none unloaded that is in use, the least recently used first, and one answer to
    /// each call, whatever comes in whatever order.
    @Test func randomScriptsKeepThePromises() {
        var tally = RegistryScript.Tally()
        for seed in 0..<600 {
            var script = RegistryScript(seed: UInt64(seed))
            tally = tally + script.run()
        }
        for field in RegistryScript.Tally.fields { #expect(tally[keyPath: field] > 30, "the scripts are too tame: \(tally)") }
    }
}
