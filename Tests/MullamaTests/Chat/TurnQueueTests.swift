import Testing

@testable import Mullama

struct TurnQueueTests {
    @Test func `one runs, the others follow in their order`() {
        var queue = TurnQueue<String>()
        #expect(queue.isIdle)
        let starts = ["a", "b", "c"].map { queue.add($0) }
        #expect(starts == [true, false, false])
        let first = queue.remove(1)
        #expect(first.isFirst)
        #expect(first.next == "b")
        #expect(queue.remove(1).isFirst == false)
        #expect(queue.remove(2).next == "c")
        #expect(!queue.isIdle)
        #expect(queue.remove(3).next == nil)
        #expect(queue.isIdle)
        #expect(queue.nextID == 4)
    }

    @Test func `one that waits is taken out, and nobody starts for it`() {
        var queue = TurnQueue<String>()
        for name in ["a", "b", "c"] { _ = queue.add(name) }
        let waiting = queue.remove(2)
        #expect(waiting.isFirst)
        #expect(waiting.next == nil)
        #expect(queue.remove(2).isFirst == false)
        #expect(queue.remove(1).next == "c")
    }
}
