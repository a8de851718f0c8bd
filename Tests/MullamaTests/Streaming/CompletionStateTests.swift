import Testing

@testable import Mullama

@Suite("The order in which answers end")
struct CompletionStateTests {
    private var state = CompletionState<String>(count: 3)

    private func wakes(_ wakes: [CompletionState<String>.Wake]) -> [String] {
        wakes.map { "\($0.waiter):\($0.index.map(String.init) ?? "end")" }
    }

    @Test("What ended before it was asked for comes first")
    mutating func buffered() {
        #expect(self.wakes(self.state.complete(2)).isEmpty)
        #expect(self.wakes(self.state.complete(0)).isEmpty)
        #expect(self.wakes(self.state.next("a")) == ["a:2"])
        #expect(self.wakes(self.state.next("b")) == ["b:0"])
        #expect(self.wakes(self.state.next("c")).isEmpty)
        #expect(self.wakes(self.state.complete(1)) == ["c:1"])
        #expect(self.wakes(self.state.next("d")) == ["d:end"])
    }

    @Test("Who waits longest is served first, and who waits when the last is taken goes home")
    mutating func waiting() {
        for waiter in ["a", "b", "c", "d", "e"] { #expect(self.wakes(self.state.next(waiter)).isEmpty) }
        #expect(self.wakes(self.state.complete(1)) == ["a:1"])
        #expect(self.wakes(self.state.complete(0)) == ["b:0"])
        #expect(self.wakes(self.state.complete(2)) == ["c:2", "d:end", "e:end"])
    }

    @Test("Of nothing, the end comes at once")
    func empty() {
        var state = CompletionState<String>(count: 0)
        #expect(self.wakes(state.next("a")) == ["a:end"])
    }
}
