/// Requests that have no slot, in the order in which they are to get one.
///
/// A context's requests stand in a line, in the order of the calls. Only the first of each line is in the order, so that choosing the next
/// ones looks at no more than it takes.
struct WaitingQueue: Sendable {
    private struct Entry: Sendable {
        var id: RequestID
        var context: ContextID
        /// What it is ordered by. Nil for what is not a request but is to happen to its context between two of them.
        var rank: Duration?
    }

    private var lines: [ContextID: [Entry]] = [:]
    private var contexts: [RequestID: ContextID] = [:]
    /// The requests that are the first of their lines.
    private var order: [Entry] = []
    /// Contexts in whose line a barrier is first.
    private var barriers: Set<ContextID> = []

    /// Requests that wait.
    private(set) var count = 0
    var isEmpty: Bool { self.contexts.isEmpty }

    /// Adds a request where its id belongs among those of its context.
    ///
    /// - Parameter time: Since when it has waited.
    mutating func insert(_ request: GenerationRequest, since time: Duration) {
        self.insert(Entry(id: request.id, context: request.context, rank: request.priority.rank(since: time)))
        self.count += 1
    }

    /// Adds a barrier: it is reached when the requests of its context that came before have ended, and those after it wait for it.
    mutating func insertBarrier(_ id: RequestID, _ context: ContextID) {
        self.insert(Entry(id: id, context: context))
    }

    private mutating func insert(_ entry: Entry) {
        self.contexts[entry.id] = entry.context
        self.changeLine(of: entry.context) { line in
            line.insert(entry, at: line.firstIndex { $0.id > entry.id } ?? line.endIndex)
        }
    }

    mutating func remove(_ id: RequestID) {
        guard let context = self.contexts.removeValue(forKey: id) else { return }
        var isRequest = false
        self.changeLine(of: context) { line in
            guard let index = line.firstIndex(where: { $0.id == id }) else { return }
            isRequest = line.remove(at: index).rank != nil
        }
        self.count -= isRequest ? 1 : 0
    }

    /// The barriers that are first of their context, none of a busy one.
    func reachedBarriers(busy: Set<ContextID>) -> [RequestID] {
        self.barriers.subtracting(busy).compactMap { self.lines[$0]?.first?.id }.sorted()
    }

    /// Up to `limit` requests that may start now: at most one of each context and none of a busy one, in the order of their ranks.
    func next(_ limit: Int, busy: Set<ContextID>) -> [RequestID] {
        guard limit > 0 else { return [] }
        return Array(self.order.lazy.filter { !busy.contains($0.context) }.prefix(limit).map(\.id))
    }

    // MARK: The order of the first ones

    private mutating func changeLine(of context: ContextID, _ change: (inout [Entry]) -> Void) {
        let former = self.lines[context]?.first
        change(&self.lines[context, default: []])
        let first = self.lines[context]?.first
        if first == nil { self.lines[context] = nil }
        guard former?.id != first?.id else { return }
        if let former, former.rank != nil { self.order.remove(at: self.place(of: former)) }
        self.barriers.remove(context)
        guard let first else { return }
        if first.rank == nil {
            self.barriers.insert(context)
        } else {
            self.order.insert(first, at: self.place(of: first))
        }
    }

    /// Where an entry stands in the order, or would stand.
    private func place(of entry: Entry) -> Int {
        var range = self.order.startIndex..<self.order.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if Self.isBefore(self.order[middle], entry) {
                range = (middle + 1)..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound
    }

    private static func isBefore(_ lhs: Entry, _ rhs: Entry) -> Bool {
        (lhs.rank ?? .zero, lhs.id) < (rhs.rank ?? .zero, rhs.id)
    }
}
