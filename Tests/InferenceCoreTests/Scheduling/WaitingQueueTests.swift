import Testing

@testable import InferenceCore

@Suite("WaitingQueue")
struct WaitingQueueTests {
    private static func queue(_ requests: GenerationRequest...) -> WaitingQueue {
        var queue = WaitingQueue()
        for request in requests { queue.append(request) }
        return queue
    }

    private static func next(_ queue: WaitingQueue, _ limit: Int, busy: Set<UInt64> = []) -> [UInt64] {
        queue.next(limit, busy: Set(busy.map { ContextID($0) })).map(\.rawValue)
    }

    @Test("first come, first served")
    func order() {
        let queue = Self.queue(.sample(1), .sample(2), .sample(3))
        #expect(Self.next(queue, 2) == [1, 2])
        #expect(Self.next(queue, 9) == [1, 2, 3])
        #expect(Self.next(queue, 0) == [])
        #expect(Self.next(queue, -1) == [])
    }

    @Test("one of each context, and none of a busy one")
    func contexts() {
        let queue = Self.queue(.sample(1, context: 7), .sample(2, context: 7), .sample(3, context: 8), .sample(4, context: 9))
        #expect(Self.next(queue, 9) == [1, 3, 4])
        #expect(Self.next(queue, 9, busy: [7, 9]) == [3])
    }

    @Test("a barrier is reached when its context's earlier requests are gone, and holds back the later ones of its context alone")
    func barriers() {
        var queue = Self.queue(.sample(1, context: 7), .sample(2, context: 8))
        queue.appendBarrier(RequestID(3), ContextID(7))
        queue.append(.sample(4, context: 7))
        #expect(queue.count == 3)
        #expect(queue.reachedBarriers(busy: []).isEmpty)
        #expect(Self.next(queue, 9) == [1, 2])
        queue.remove([RequestID(1)])
        #expect(queue.reachedBarriers(busy: [ContextID(7)]).isEmpty)
        #expect(queue.reachedBarriers(busy: []) == [RequestID(3)])
        #expect(Self.next(queue, 9) == [2])
        queue.remove([RequestID(3)])
        #expect(Self.next(queue, 9) == [2, 4])
    }

    @Test("higher priority first, then the earlier; within a context the order stays")
    func priority() {
        let queue = Self.queue(
            .sample(1, priority: .batch),
            .sample(2),
            .sample(3, priority: .interactive),
            .sample(4),
            .sample(5, priority: .interactive),
            .sample(6, context: 1, priority: .interactive)
        )
        #expect(Self.next(queue, 9) == [3, 5, 2, 4, 1])
        #expect(Self.next(queue, 3) == [3, 5, 2])
    }

    @Test("requests that are put back stand where they stood")
    func putBack() {
        var queue = Self.queue(.sample(1), .sample(2), .sample(3), .sample(4))
        queue.remove([RequestID(1), RequestID(3)])
        #expect(Self.next(queue, 9) == [2, 4])
        queue.putBack([.sample(3), .sample(1)])
        #expect(Self.next(queue, 9) == [1, 2, 3, 4])
        queue.remove([RequestID(4)])
        queue.putBack([.sample(4)])
        #expect(Self.next(queue, 9) == [1, 2, 3, 4])
    }

    @Test("count and removal")
    func removal() {
        var queue = Self.queue(.sample(1), .sample(2))
        #expect(queue.count == 2 && !queue.isEmpty)
        queue.remove([RequestID(2), RequestID(9)])
        #expect(Self.next(queue, 9) == [1])
        queue.remove([RequestID(1)])
        #expect(queue.isEmpty)
    }
}
