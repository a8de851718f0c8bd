import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Pieces of embeddings")
struct EmbeddingWorkerTests {
    private let clock = ManualClock()
    private let control: FakeEmbeddings
    private let worker: EmbeddingWorker

    /// A token takes a millisecond.
    init() {
        let control = FakeEmbeddings(pace: (self.clock, .milliseconds(1)))
        self.control = control
        self.worker = EmbeddingWorker(clock: EngineClock(self.clock)) { FakeEmbedder(control) {} }
    }

    private func add(_ id: UInt64, _ lengths: [Int]) {
        self.worker.expect(EmbeddingCall(RequestID(id), count: lengths.count) {})
        self.worker.add(
            EmbeddingJob(
                request: RequestID(id),
                texts: lengths.map { [Token](repeating: 0, count: $0) },
                form: EmbeddingForm(normalize: true),
                priority: .normal
            )
        )
    }

    /// The sizes of the parts of a piece, and how long it took.
    private func piece(_ room: Duration?) -> (parts: [Int], time: Duration) {
        let count = self.control.log.parts.count
        let start = self.clock.now
        #expect(self.worker.advance(room: room))
        return (self.control.log.parts[count...].map(\.tokens.count), start.duration(to: self.clock.now))
    }

    @Test("beside a stream, a piece of one block as long as nothing was measured, then what fits into the room")
    func room() {
        self.add(1, [2_000])
        #expect(self.piece(.zero).parts == [16])
        let pieces = (0..<6).map { _ in self.piece(.milliseconds(100)) }
        #expect(pieces.allSatisfy { $0.time <= .milliseconds(100) })
        // The time of larger parts is believed once some were measured.
        #expect(pieces.last?.time ?? .zero >= .milliseconds(80))
    }

    @Test("where there is no room at all, a block is computed nevertheless")
    func noRoom() {
        self.add(1, [2_000])
        for _ in 0..<4 { #expect(self.piece(.zero).parts == [16]) }
    }

    @Test("when nobody is generating, the largest parts")
    func alone() {
        self.add(1, [2_000])
        for _ in 0..<4 { #expect(self.piece(nil).parts == [64]) }
    }

    @Test("several short texts are one piece")
    func short() {
        self.add(1, [Int](repeating: 5, count: 100))
        #expect(self.piece(nil).parts.count >= 12)
        for _ in 0..<3 {
            let (parts, time) = self.piece(.milliseconds(50))
            #expect(parts.count >= 8)
            #expect(time <= .milliseconds(50))
        }
    }

    @Test("memory is given back when it was not needed for half a minute")
    func memory() {
        #expect(self.worker.freeTime == nil)
        self.add(1, [5])
        _ = self.piece(nil)
        self.worker.freeUnused()
        #expect(self.worker.freeTime == .seconds(30) + .milliseconds(5))
        self.clock.advance(by: .seconds(29))
        self.add(2, [5])
        self.worker.freeUnused()
        #expect(self.worker.freeTime == nil && self.control.log.live == 1)
        _ = self.piece(nil)
        self.worker.freeUnused()
        self.clock.advance(by: .seconds(30))
        self.worker.freeUnused()
        #expect(self.control.log.live == 0)
        // And is there again for the next call.
        self.add(3, [5])
        _ = self.piece(nil)
        #expect(self.control.log.live == 1)
    }
}
