import InferenceCore

/// Holds back the requests of a context that wait for the one before to end.
struct Turns: Sendable {
    private struct Conversation: Sendable {
        /// Requests that have come and not ended.
        var open = 0
        var lastEnd: Duration = .zero
        var held: [TraceEntry] = []
    }

    private var conversations: [UInt64: Conversation] = [:]

    /// Takes in a request whose time has come.
    ///
    /// - Returns: When it may begin; nil if it is held back.
    mutating func begin(_ entry: TraceEntry) -> Duration? {
        var conversation = self.conversations[entry.context] ?? Conversation()
        defer { self.conversations[entry.context] = conversation }
        if entry.pause != nil, conversation.open > 0 {
            conversation.held.append(entry)
            return nil
        }
        conversation.open += 1
        return entry.pause.map { conversation.lastEnd + $0 } ?? .zero
    }

    /// - Returns: The request that the end of this one lets go on, and when it may begin.
    mutating func end(_ entry: TraceEntry, now: Duration) -> (entry: TraceEntry, begin: Duration)? {
        guard var conversation = self.conversations[entry.context] else { return nil }
        defer { self.conversations[entry.context] = conversation }
        conversation.open -= 1
        conversation.lastEnd = now
        guard conversation.open == 0, !conversation.held.isEmpty else { return nil }
        let next = conversation.held.removeFirst()
        conversation.open += 1
        return (next, now + (next.pause ?? .zero))
    }
}
