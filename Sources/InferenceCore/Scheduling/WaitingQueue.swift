/// Requests that have no slot yet, in the order in which they came.
struct WaitingQueue: Sendable {
    private struct Entry: Sendable {
        var id: RequestID
        var context: ContextID
        var priority: RequestPriority
    }

    private var entries: [Entry] = []

    var count: Int { self.entries.count }
    var isEmpty: Bool { self.entries.isEmpty }

    mutating func append(_ request: GenerationRequest) {
        self.entries.append(Entry(id: request.id, context: request.context, priority: request.priority))
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
        let eligible = self.entries.filter { taken.insert($0.context).inserted }
        var chosen: [RequestID] = []
        for priority in RequestPriority.allCases.reversed() where chosen.count < limit {
            chosen += eligible.lazy.filter { $0.priority == priority }.prefix(limit - chosen.count).map(\.id)
        }
        return chosen
    }
}
