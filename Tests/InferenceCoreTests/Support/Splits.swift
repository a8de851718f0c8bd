/// All ways to cut something into pieces.
enum Splits {
    /// Calls `body` with every way to cut `whole` into non-empty pieces: 2 to the power of its length less one.
    static func forEach<Element>(of whole: [Element], _ body: ([ArraySlice<Element>]) throws -> Void) rethrows {
        guard !whole.isEmpty else { return try body([]) }
        for cuts in 0..<(UInt64(1) << (whole.count - 1)) {
            var pieces: [ArraySlice<Element>] = []
            var start = 0
            for index in 1..<whole.count where cuts >> (index - 1) & 1 == 1 {
                pieces.append(whole[start..<index])
                start = index
            }
            pieces.append(whole[start...])
            try body(pieces)
        }
    }

    /// Cuts at random places.
    static func random<Element>(of whole: [Element], using generator: inout SeededGenerator) -> [ArraySlice<Element>] {
        var pieces: [ArraySlice<Element>] = []
        var rest = whole[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...min(5, rest.count), using: &generator)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
