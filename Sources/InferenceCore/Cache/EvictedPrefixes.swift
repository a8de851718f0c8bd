/// Remembers how prefixes began that had to make room, so that a miss can say so. Forgets the oldest.
struct EvictedPrefixes: Sendable {
    private static let limit = 256
    /// So many tokens tell one beginning from another.
    private static let beginning = 4 * PrefillBlocks.size

    private var order: [[Token]] = []

    mutating func note(_ tokens: some Collection<Token>) {
        guard tokens.count >= PrefillBlocks.size else { return }
        let beginning = Array(tokens.prefix(Self.beginning))
        self.order.removeAll { $0 == beginning }
        self.order.append(beginning)
        if self.order.count > Self.limit { self.order.removeFirst() }
    }

    func contains(beginningOf prompt: [Token]) -> Bool {
        self.order.contains { prompt.starts(with: $0) }
    }
}
