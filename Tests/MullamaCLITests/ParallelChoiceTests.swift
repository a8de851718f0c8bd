import Testing

@testable import MullamaCLI

@Suite struct ParallelChoiceTests {
    @Test func `a number, or auto, which asks what is recommended`() {
        #expect(ParallelChoice(argument: "12")?.number { 3 } == 12)
        #expect(ParallelChoice(argument: "-1")?.number { 3 } == -1)
        #expect(ParallelChoice(argument: "auto")?.number { 3 } == 3)
        #expect(ParallelChoice(argument: "many") == nil)
        #expect(ParallelChoice.count(8).defaultValueDescription == "8")
    }
}
