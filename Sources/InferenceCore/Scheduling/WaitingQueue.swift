/// Requests that have no slot yet, in the order in which they came.
struct WaitingQueue: Sendable {
    private struct Entry: Sendable {
        var id: RequestID
        var context: ContextID
        var priority: RequestPriority
        /// Not a request, but something that is to happen to its context between two of them.
        var isBarrier = false
    }

    private var entries: [Entry] = []

    /// Requests that wait.
    var count: Int { self.entries.count { !$0.isBarrier } }
    var isEmpty: Bool { self.entries.isEmpty }

    mutating func append(_ request: GenerationRequest) {
        self.entries.append(Entry(id: request.id, context: request.context, priority: request.priority))
    }

    /// Adds a barrier: it is reached when the requests of its context that came before have ended, and those after it wait for it.
    mutating func appendBarrier(_ id: RequestID, _ context: ContextID) {
        self.entries.append(Entry(id: id, context: context, priority: .normal, isBarrier: true))
    }

    /// The barriers that are first of their context, none of a busy one.
    func reachedBarriers(busy: Set<ContextID>) -> [RequestID] {
        guard self.entries.contains(where: \.isBarrier) else { return [] }
        var seen = busy
        return self.entries.filter { seen.insert($0.context).inserted && $0.isBarrier }.map(\.id)
    }

    /// Puts requests back where their ids say that they stood.
    mutating func putBack(_ requests: [GenerationRequest]) {
        for request in requests {
            let place = self.entries.firstIndex { $0.id > request.id } ?? self.entries.endIndex
            self.entries.insert(Entry(id: request.id, context: request.context, priority: request.priority), at: place)
        }
    }

    mutating func remove(_ ids: some Collection<RequestID>) {
        self.entries.removeAll { ids.contains($0.id) }
    }

    /// Up to `limit` requests that may start now: at most one per context and none of a busy one, higher priority first, then the earlier.
    func next(_ limit: Int, busy: Set<ContextID>) -> [RequestID] {
        guard limit > 0 else { return [] }
        var taken = busy
        let eligible = self.entries.filter { taken.insert($0.context).inserted && !$0.isBarrier }
        var chosen: [RequestID] = []
        for priority in RequestPriority.allCases.reversed() where chosen.count < limit {
            chosen += eligible.lazy.filter { $0.priority == priority }.prefix(limit - chosen.count).map(\.id)
        }
        return chosen
    }
}
