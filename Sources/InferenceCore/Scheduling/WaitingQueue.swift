/// Requests that have no slot, in the order in which they are to get one.
///
/// A context's requests stand in a line, in the order of the calls. Only the first of each line is in the order, so that choosing the next
/// ones looks at no more than it takes.
struct WaitingQueue: Sendable {
    /// Every so many starts, the request that has waited longest has its turn, whatever its class.
    static let startsPerFairTurn = 8

    private struct Entry: Sendable {
        var id: RequestID
        var context: ContextID
        /// Nil for what is not a request but is to happen to its context between two of them.
        var priority: RequestPriority?
        var since: Duration = .zero
    }

    private var lines: [ContextID: [Entry]] = [:]
    private var contexts: [RequestID: ContextID] = [:]
    /// The requests that are the first of their lines, by class, in the order in which they came.
    private var firsts: [[Entry]] = Array(repeating: [], count: RequestPriority.allCases.count)
    /// Contexts in whose line a barrier is first.
    private var barriers: Set<ContextID> = []

    /// Requests that wait.
    private(set) var count = 0
    var isEmpty: Bool { self.contexts.isEmpty }

    /// Adds a request where its id belongs among those of its context.
    ///
    /// - Parameter time: Since when it has waited.
    mutating func insert(_ request: GenerationRequest, since time: Duration) {
        self.insert(Entry(id: request.id, context: request.context, priority: request.priority, since: time))
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
            isRequest = line.remove(at: index).priority != nil
        }
        self.count -= isRequest ? 1 : 0
    }

    /// The barriers that are first of their context, none of a busy one.
    func reachedBarriers(busy: Set<ContextID>) -> [RequestID] {
        self.barriers.subtracting(busy).compactMap { self.lines[$0]?.first?.id }.sorted()
    }

    /// Up to `limit` requests that may start now: at most one of each context and none of a busy one, the higher class first, and in it the
    /// earlier. Every so many of them is the one that has waited longest, so that no class waits for ever.
    ///
    /// - Parameter turn: How many have started before.
    func next(_ limit: Int, busy: Set<ContextID>, turn: Int = 0) -> [RequestID] {
        guard limit > 0 else { return [] }
        // Not more than these can be chosen.
        var classes = self.firsts.map { $0.lazy.filter { !busy.contains($0.context) }.prefix(limit)[...] }
        var chosen: [RequestID] = []
        while chosen.count < limit {
            let waiting = classes.indices.filter { !classes[$0].isEmpty }
            guard let highest = waiting.last else { break }
            let isFairTurn = (turn + chosen.count + 1).isMultiple(of: Self.startsPerFairTurn)
            let patient = waiting.min { Self.isBefore(classes[$0].first, classes[$1].first) } ?? highest
            if let first = classes[isFairTurn ? patient : highest].popFirst() { chosen.append(first.id) }
        }
        return chosen
    }

    /// Whether a request of a higher class waits.
    func isPassed(by priority: RequestPriority) -> Bool {
        self.firsts[(priority.rawValue + 1)...].contains { !$0.isEmpty }
    }

    // MARK: The order of the first ones

    private mutating func changeLine(of context: ContextID, _ change: (inout [Entry]) -> Void) {
        let former = self.lines[context]?.first
        change(&self.lines[context, default: []])
        let first = self.lines[context]?.first
        if first == nil { self.lines[context] = nil }
        guard former?.id != first?.id else { return }
        if let former, let priority = former.priority { self.firsts[priority.rawValue].remove(at: self.place(of: former, priority)) }
        self.barriers.remove(context)
        guard let first else { return }
        if let priority = first.priority {
            self.firsts[priority.rawValue].insert(first, at: self.place(of: first, priority))
        } else {
            self.barriers.insert(context)
        }
    }

    /// Where an entry stands in its class, or would stand.
    private func place(of entry: Entry, _ priority: RequestPriority) -> Int {
        let order = self.firsts[priority.rawValue]
        var range = order.startIndex..<order.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if Self.isBefore(order[middle], entry) {
                range = (middle + 1)..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound
    }

    private static func isBefore(_ lhs: Entry?, _ rhs: Entry?) -> Bool {
        guard let lhs, let rhs else { return lhs != nil }
        return (lhs.since, lhs.id) < (rhs.since, rhs.id)
    }
}
