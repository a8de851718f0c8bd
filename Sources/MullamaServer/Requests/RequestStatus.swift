import Mullama

/// A request as it is at one moment.
struct RequestStatus: Sendable {
    enum Phase: String, Sendable {
        /// Its model is being loaded, or waits for memory.
        case loading
        case tokenizing
        case queued
        case suspended
        case prefill
        case decode
        /// All is computed, and the client has not read it all.
        case sending
        case finished
    }

    let request: LoggedRequest
    /// Of its answers that are on their way.
    let answers: [GenerationStatus]
    /// Since it came, or how long it took.
    let age: Duration

    /// Of several answers, that of the one that is farthest.
    var phase: Phase {
        if self.request.duration != nil { return .finished }
        guard self.request.model != nil else { return .loading }
        guard !self.request.answers.isEmpty else { return .tokenizing }
        let order: [(GenerationPhase, Phase)] = [
            (.decode, .decode), (.prefill, .prefill), (.suspended, .suspended), (.queued, .queued), (.tokenizing, .tokenizing),
        ]
        return order.first { phase, _ in self.answers.contains { $0.phase == phase } }?.1 ?? .sending
    }

    var queuePosition: Int? { self.answers.compactMap(\.queuePosition).min() }
    var estimatedWait: Duration? { self.answers.compactMap(\.estimatedWait).min() }
    var isPaused: Bool { self.answers.contains(where: \.isPaused) }
    var promptTokens: Int { self.request.usage.promptTokens + self.sum(\.promptTokens) }
    var completionTokens: Int { self.request.usage.completionTokens + self.sum(\.completionTokens) }
    /// Of the prompts, what stands in the cache.
    var prefilledTokens: Int { self.request.usage.promptTokens + self.sum(\.prefilledTokens) }

    private func sum(_ count: (GenerationStatus) -> Int) -> Int { self.answers.reduce(0) { $0 + count($1) } }
}
