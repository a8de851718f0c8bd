import InferenceCore
import Testing

@testable import Mullama

@Suite("The queue of embeddings")
struct EmbeddingQueueTests {
    private var queue = EmbeddingQueue()

    /// A call for texts of these lengths.
    private mutating func add(_ id: UInt64, _ lengths: [Int], _ priority: RequestPriority = .normal) {
        let texts = lengths.map { [Token](repeating: Token(rawValue: Int32(id)), count: $0) }
        let form = EmbeddingForm(dimensions: nil, normalize: false)
        self.queue.expect(RequestID(id))
        self.queue.add(EmbeddingJob(request: RequestID(id), texts: texts, form: form, priority: priority))
    }

    /// Computes texts, each in one part, until there are none.
    ///
    /// - Returns: Whose they were, and the calls that ended.
    private mutating func run(_ most: Int = .max) throws -> (texts: [UInt64], ended: [UInt64: [Int]]) {
        var texts: [UInt64] = []
        var ended: [UInt64: [Int]] = [:]
        while texts.count < most, let text = self.queue.begin() {
            texts.append(text.request.rawValue)
            if let results = try self.queue.finished([Double(text.count)]) {
                ended[text.request.rawValue] = results.map(\.promptTokens)
                #expect(results.map(\.vector) == results.map { [Float($0.promptTokens)] })
            }
        }
        return (texts, ended)
    }

    @Test("results come in the order of the texts, when the last is done")
    mutating func order() throws {
        self.add(1, [5, 1, 3])
        let (texts, ended) = try self.run()
        #expect(texts == [1, 1, 1])
        #expect(ended == [1: [5, 1, 3]])
        #expect(self.queue.isEmpty)
    }

    @Test("the higher class goes first, in it the call with the fewest tokens left, then the earlier")
    mutating func precedence() throws {
        self.add(1, [1], .batch)
        self.add(2, [9, 9])
        self.add(3, [4, 4])
        self.add(4, [8])
        self.add(5, [50], .interactive)
        #expect(self.queue.priority == .interactive)
        let texts = try self.run().texts
        #expect(texts == [5, 3, 3, 4, 2, 2, 1])
    }

    @Test("a call that has waited longest has a turn now and then, whatever comes")
    mutating func patience() throws {
        self.add(1, [100], .batch)
        self.add(2, [Int](repeating: 100, count: 20))
        let texts = try self.run().texts
        #expect(texts.firstIndex(of: 1) == 11)
    }

    @Test("many short texts get their part of the tokens beside long ones that keep coming")
    mutating func share() throws {
        self.add(1, [Int](repeating: 10, count: 1_000))
        var texts: [UInt64] = []
        for id in UInt64(2)..<40 {
            self.add(id, [500])
            while !texts.contains(id) { texts += try self.run(1).texts }
        }
        let own = texts.count { $0 == 1 } * 10
        let others = texts.count { $0 != 1 } * 500
        #expect(own * 14 > others, "\(own) of \(own + others)")
    }

    @Test("a text is computed to its end before another call has its turn")
    mutating func whole() throws {
        self.add(1, [100])
        let begun = self.queue.begin()
        #expect(begun?.request == RequestID(1) && begun?.position == 0)
        let first = try #require(self.queue.part(.blocks(atMost: 64)) { _, _ in true })
        #expect(first.isFirst && !first.isLast && first.tokens.count == 64)
        self.queue.computed(first)
        self.add(2, [1], .interactive)
        let text = self.queue.begin()
        #expect(text?.request == RequestID(1) && text?.position == 64)
        let second = try #require(self.queue.part(.blocks(atMost: 64)) { _, _ in true })
        #expect(!second.isFirst && !second.isLast && second.tokens.indices == 64..<80)
        self.queue.computed(second)
        let last = try #require(self.queue.part(.blocks(atMost: 64)) { _, _ in true })
        #expect(last.isLast && last.tokens.indices == 80..<100)
        let results = try self.queue.finished([1])
        #expect(results?.count == 1)
        let next = self.queue.begin()
        #expect(next?.request == RequestID(2))
    }

    @Test("a call may end before its texts are there, while it waits, and in the middle of a text")
    mutating func removal() throws {
        self.queue.expect(RequestID(1))
        #expect(!self.queue.isEmpty && !self.queue.hasWork)
        let nothing = self.queue.begin()
        #expect(nothing?.request == nil)
        self.queue.remove(RequestID(1))
        self.queue.add(EmbeddingJob(request: RequestID(1), texts: [[1]], form: EmbeddingForm(normalize: true), priority: .normal))
        #expect(self.queue.isEmpty)

        self.add(2, [40])
        self.add(3, [50])
        self.add(4, [60])
        let begun = self.queue.begin()
        #expect(begun?.request == RequestID(2))
        let part = try #require(self.queue.part(.blocks(atMost: 16)) { _, _ in true })
        self.queue.computed(part)
        self.queue.remove(RequestID(2))
        self.queue.remove(RequestID(3))
        #expect(self.queue.requests == [RequestID(4)])
        // The next text begins at its start.
        let next = self.queue.begin()
        #expect(next?.request == RequestID(4) && next?.position == 0)
        // What was computed for a call that is gone counts for nobody.
        self.queue.remove(RequestID(4))
        let results = try self.queue.finished([1])
        #expect(results == nil)
        #expect(self.queue.isEmpty)
    }

    @Test("numbers that are none end their call alone")
    mutating func noNumbers() throws {
        self.add(1, [1, 1])
        self.add(2, [5])
        let begun = self.queue.begin()
        #expect(begun?.request == RequestID(1))
        var fault: RequestFault?
        do throws(RequestFault) {
            _ = try self.queue.finished([1, .nan])
        } catch {
            fault = error
        }
        #expect(fault?.code == .engineFailed)
        let ended = try self.run().ended
        #expect(ended == [2: [5]])
    }

    @Test("it knows the longest text that is to come")
    mutating func longest() {
        #expect(self.queue.longestText == 0)
        self.add(1, [3, 700, 5])
        self.add(2, [9])
        #expect(self.queue.longestText == 700)
        self.queue.remove(RequestID(1))
        #expect(self.queue.longestText == 9)
    }
}
