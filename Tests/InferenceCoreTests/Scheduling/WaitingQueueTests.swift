import Testing

@testable import InferenceCore

@Suite("WaitingQueue")
struct WaitingQueueTests {
    private static func queue(_ requests: GenerationRequest...) -> WaitingQueue {
        var queue = WaitingQueue()
        for request in requests { queue.insert(request, since: .zero) }
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
        queue.insertBarrier(RequestID(3), ContextID(7))
        queue.insert(.sample(4, context: 7), since: .zero)
        #expect(queue.count == 3)
        #expect(queue.reachedBarriers(busy: []).isEmpty)
        #expect(Self.next(queue, 9) == [1, 2])
        queue.remove(RequestID(1))
        #expect(queue.reachedBarriers(busy: [ContextID(7)]).isEmpty)
        #expect(queue.reachedBarriers(busy: []) == [RequestID(3)])
        #expect(Self.next(queue, 9) == [2])
        queue.remove(RequestID(3))
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

    @Test("every eighth start is that of the request which has waited longest, whatever its class")
    func fairTurn() {
        var queue = WaitingQueue()
        queue.insert(.sample(1, priority: .batch), since: .seconds(0))
        queue.insert(.sample(2, priority: .batch), since: .seconds(1))
        for id in 3...20 as ClosedRange<UInt64> { queue.insert(.sample(id, priority: .interactive), since: .seconds(Int64(id))) }
        let order = queue.next(20, busy: [], turn: 6).map(\.rawValue)
        #expect(order.prefix(2) == [3, 1])
        #expect(order[9] == 2)
        #expect(queue.next(3, busy: [ContextID(1)], turn: 7).map(\.rawValue) == [2, 3, 4])
        #expect(queue.isPassed(by: .batch) && queue.isPassed(by: .normal) && !queue.isPassed(by: .interactive))
    }

    @Test("the order is that of a sorted list, whatever comes and goes", arguments: 0..<20 as Range<UInt64>)
    func random(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = WaitingQueue()
        var expected: [UInt64: (context: UInt64, priority: RequestPriority, since: Int)] = [:]
        for id in 1...200 as ClosedRange<UInt64> {
            let priority = RequestPriority.allCases.randomElement(using: &generator) ?? .normal
            let (context, since) = (UInt64.random(in: 1...30, using: &generator), Int.random(in: 0...40, using: &generator))
            queue.insert(.sample(id, context: context, priority: priority), since: .seconds(since))
            expected[id] = (context, priority, since)
            if Bool.random(using: &generator), let gone = expected.keys.randomElement(using: &generator) {
                queue.remove(RequestID(gone))
                expected[gone] = nil
            }
        }
        let firsts = Dictionary(grouping: expected.keys) { expected[$0]?.context ?? 0 }.values.compactMap { $0.min() }
        let sorted = firsts.sorted { lhs, rhs in
            guard let first = expected[lhs], let second = expected[rhs] else { return false }
            return (second.priority, first.since, lhs) < (first.priority, second.since, rhs)
        }
        let chosen = Self.next(queue, 500)
        #expect(Set(chosen) == Set(sorted) && chosen.count == sorted.count)
        #expect(Self.next(queue, 7) == Array(sorted.prefix(7)))
        #expect(queue.count == expected.count)
    }

    @Test("requests that are put back stand where they stood")
    func putBack() {
        var queue = Self.queue(.sample(1), .sample(2), .sample(3), .sample(4))
        for id in [1, 3] as [UInt64] { queue.remove(RequestID(id)) }
        #expect(Self.next(queue, 9) == [2, 4])
        for id in [3, 1] as [UInt64] { queue.insert(.sample(id), since: .zero) }
        #expect(Self.next(queue, 9) == [1, 2, 3, 4])
        queue.remove(RequestID(4))
        queue.insert(.sample(4), since: .zero)
        #expect(Self.next(queue, 9) == [1, 2, 3, 4])
    }

    @Test("count and removal")
    func removal() {
        var queue = Self.queue(.sample(1), .sample(2))
        #expect(queue.count == 2 && !queue.isEmpty)
        for id in [2, 9] as [UInt64] { queue.remove(RequestID(id)) }
        #expect(Self.next(queue, 9) == [1])
        queue.remove(RequestID(1))
        #expect(queue.isEmpty)
    }
}
