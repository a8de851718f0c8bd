import Testing

@testable import Mullama

@Suite("States in the layout for other numbers of sequences")
struct SequenceSnapshotTests {
    /// What llama.cpp would write for a cache with `slots` sequences, with the cells of one of them.
    private func part(_ cells: [UInt8], slot: Int, slots: Int) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(slots), 0, 0, 0]
        for other in 0..<slots { bytes += other == slot ? [UInt8(cells.count), 0, 0, 0] + cells : [0, 0, 0, 0] }
        return bytes
    }

    private let header: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    @Test("A state is narrowed and widened to any number of sequences, with one cache and with two", arguments: [1, 2, 5], [0, 3])
    func roundTrip(slots: Int, secondCells: Int) throws {
        let first: [UInt8] = [9, 8, 7, 0, 0, 0, 0]
        let second = [UInt8](repeating: 6, count: secondCells)
        func state(_ slot: Int, _ slots: Int) -> (bytes: [UInt8], second: Int) {
            let tail = secondCells > 0 ? self.part(second, slot: slot, slots: slots) : []
            return (self.header + self.part(first, slot: slot, slots: slots) + tail, tail.count)
        }
        let narrow = state(0, 1)
        for slot in 0..<slots {
            let wide = state(slot, slots)
            let snapshot = try #require(SequenceSnapshot(wide.bytes, slot: slot, slots: slots, secondPart: wide.second))
            #expect(snapshot.bytes == narrow.bytes)
            #expect(snapshot.state(slots: slots) == state(0, slots).bytes)
            #expect(snapshot.state(slots: 7) == state(0, 7).bytes)
        }
    }

    @Test("What does not have the known layout is refused rather than guessed")
    func refused() {
        let good = self.header + self.part([1, 2, 3], slot: 1, slots: 3)
        #expect(SequenceSnapshot(good, slot: 1, slots: 3, secondPart: 0) != nil)
        #expect(SequenceSnapshot(good, slot: 1, slots: 4, secondPart: 0) == nil)
        #expect(SequenceSnapshot(good, slot: 2, slots: 3, secondPart: 0) == nil)
        #expect(SequenceSnapshot(good, slot: 1, slots: 3, secondPart: 500) == nil)
        #expect(SequenceSnapshot(Array(good.prefix(10)), slot: 1, slots: 3, secondPart: 0) == nil)
        #expect(SequenceSnapshot(bytes: []).state(slots: 2) == nil)
        #expect(SequenceSnapshot(bytes: good).state(slots: 2) == nil)
    }
}
