/// The state of one sequence as llama.cpp writes it, in the layout for a cache with a single sequence.
///
/// llama.cpp writes a magic number and the sequence's id, then for each cache of the model (one, or two with a sliding window) the number of
/// streams and each stream's cells, of which only the sequence's own has any (`llama_kv_cache::state_write` in llama.cpp 0.5). It refuses to read
/// a state with another number of streams, though nothing else in it depends on that number. The state of recurrent layers comes last and knows no
/// streams: for such models it is the second part, or all there is.
package struct SequenceSnapshot: Sendable, Hashable {
    /// Bytes before the first part.
    static let headerSize = 8

    package var bytes: [UInt8]
    /// How many of the bytes are the second cache's part, or the recurrent one; 0 if the model has one cache.
    package var secondPart: Int
    /// Whether it was computed where results may depend on load.
    package var isRelaxed: Bool

    package init(bytes: [UInt8], secondPart: Int = 0, isRelaxed: Bool = false) {
        self.bytes = bytes
        self.secondPart = secondPart
        self.isRelaxed = isRelaxed
    }

    /// Nil if the state does not have the layout that is known here.
    ///
    /// - Parameters:
    ///   - state: As it was written by a cache with `slots` rows of cells, for a sequence in the row `slot`.
    ///   - secondPart: How many of its bytes are the second cache's part.
    ///   - isSecondFixed: Whether that part is a recurrent one, the same for any number of sequences.
    init?(_ state: [UInt8], slot: Int, slots: Int, secondPart: Int, isSecondFixed: Bool = false) {
        let parts = Self.rewritten(state, secondPart: secondPart, isSecondFixed: isSecondFixed) { part in
            guard part.count >= 4 + 4 * slots, Self.number(part) == slots else { return nil }
            let own = part.startIndex + 4 + 4 * slot
            let end = part.endIndex - 4 * (slots - 1 - slot)
            guard own + 4 <= end else { return nil }
            let others = [part[(part.startIndex + 4)..<own], part[end...]]
            guard others.allSatisfy({ $0.allSatisfy { $0 == 0 } }) else { return nil }
            return Self.bytes(1) + part[own..<end]
        }
        guard let parts else { return nil }
        self.init(bytes: parts.joined, secondPart: parts.second.count)
    }

    /// As a cache with several rows of cells reads it; nil if the bytes are no snapshot.
    func state(slots: Int, isSecondFixed: Bool = false) -> [UInt8]? {
        Self.rewritten(self.bytes, secondPart: self.secondPart, isSecondFixed: isSecondFixed) { part in
            guard part.count >= 8, Self.number(part) == 1 else { return nil }
            return Self.bytes(slots) + part.dropFirst(4) + [UInt8](repeating: 0, count: 4 * (slots - 1))
        }?.joined
    }

    private struct Parts {
        var header: ArraySlice<UInt8>
        var first: [UInt8]
        var second: [UInt8] = []

        var joined: [UInt8] { self.header + self.first + self.second }
    }

    private static func rewritten(
        _ state: [UInt8],
        secondPart: Int,
        isSecondFixed: Bool,
        _ change: (ArraySlice<UInt8>) -> [UInt8]?
    ) -> Parts? {
        let split = state.count - secondPart
        guard secondPart >= 0, split >= Self.headerSize else { return nil }
        // A model with recurrent layers alone has no first part.
        let first = isSecondFixed && split == Self.headerSize ? [] : change(state[Self.headerSize..<split])
        guard let first else { return nil }
        var parts = Parts(header: state[..<Self.headerSize], first: first)
        if isSecondFixed {
            guard secondPart > 0 else { return nil }
            parts.second = Array(state[split...])
        } else if secondPart > 0 {
            guard let second = change(state[split...]) else { return nil }
            parts.second = second
        }
        return parts
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static func bytes(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(clamping: number).littleEndian) { Array($0) }
    }
}
