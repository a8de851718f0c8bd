/// Whose turn it is in a chat: one after the other, in the order of the calls.
struct TurnQueue<Turn> {
    /// The number that the next turn will have.
    private(set) var nextID: UInt64 = 1
    private var waiting: [(id: UInt64, turn: Turn)] = []
    private var running: UInt64?

    /// Whether nothing runs or waits.
    var isIdle: Bool { self.running == nil && self.waiting.isEmpty }

    /// Takes a turn in, with ``nextID`` as its number.
    ///
    /// - Returns: Whether it is to start now.
    mutating func add(_ turn: Turn) -> Bool {
        let id = self.nextID
        self.nextID += 1
        guard self.isIdle else {
            self.waiting.append((id, turn))
            return false
        }
        self.running = id
        return true
    }

    /// Takes a turn out, whether it waits or runs. A second time changes nothing.
    ///
    /// - Returns: Whether it was there, and who is to start now.
    mutating func remove(_ id: UInt64) -> (isFirst: Bool, next: Turn?) {
        guard self.running == id else {
            guard let index = self.waiting.firstIndex(where: { $0.id == id }) else { return (false, nil) }
            self.waiting.remove(at: index)
            return (true, nil)
        }
        self.running = nil
        guard !self.waiting.isEmpty else { return (true, nil) }
        let next = self.waiting.removeFirst()
        self.running = next.id
        return (true, next.turn)
    }
}
