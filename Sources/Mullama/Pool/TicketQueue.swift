/// A first-in, first-out queue that entries can leave from the middle.
///
/// Every operation takes constant time, on average over many: an entry that leaves early stays in the order as an empty place, which is
/// skipped later, or swept out when there are more empty places than entries.
struct TicketQueue<Entry> {
    /// Names an entry for good: tickets are never used twice.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private var entries: [Ticket: Entry] = [:]
    private var order: [Ticket] = []
    /// Where the order begins: what stands before it has left.
    private var head = 0
    private var lastNumber: UInt64 = 0

    var count: Int { self.entries.count }
    /// Places in use, the empty ones included.
    var places: Int { self.order.count }

    mutating func append(_ entry: Entry) -> Ticket {
        self.lastNumber += 1
        let ticket = Ticket(number: self.lastNumber)
        self.entries[ticket] = entry
        self.order.append(ticket)
        return ticket
    }

    mutating func removeFirst() -> (ticket: Ticket, entry: Entry)? {
        while self.head < self.order.count {
            let ticket = self.order[self.head]
            self.head += 1
            guard let entry = self.entries.removeValue(forKey: ticket) else { continue }
            self.sweep()
            return (ticket, entry)
        }
        return nil
    }

    /// - Returns: Nil if the ticket's entry is not in the queue any more.
    mutating func remove(_ ticket: Ticket) -> Entry? {
        guard let entry = self.entries.removeValue(forKey: ticket) else { return nil }
        self.sweep()
        return entry
    }

    /// Replaces an entry where it stands. Nothing happens if it is not in the queue any more.
    mutating func replace(_ ticket: Ticket, with entry: Entry) {
        guard self.entries[ticket] != nil else { return }
        self.entries[ticket] = entry
    }

    private mutating func sweep() {
        guard self.order.count > 2 * self.entries.count + 16 else { return }
        self.order = self.order[self.head...].filter { self.entries[$0] != nil }
        self.head = 0
    }
}
