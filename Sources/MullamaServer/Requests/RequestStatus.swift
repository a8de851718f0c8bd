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
        case embedding
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
        if let embedding = self.request.embedding { return embedding.duration == nil ? .embedding : .sending }
        guard !self.request.answers.isEmpty else { return .tokenizing }
        let order: [(GenerationPhase, Phase)] = [
            (.decode, .decode), (.prefill, .prefill), (.suspended, .suspended), (.queued, .queued), (.tokenizing, .tokenizing),
        ]
        return order.first { phase, _ in self.answers.contains { $0.phase == phase } }?.1 ?? .sending
    }

    var queuePosition: Int? { self.answers.compactMap(\.queuePosition).min() }
    var estimatedWait: Duration? { self.answers.compactMap(\.estimatedWait).min() }
    var isPaused: Bool { self.answers.contains(where: \.isPaused) }
    var promptTokens: Int { self.usage.promptTokens }
    var completionTokens: Int { self.usage.completionTokens }
    /// Of the prompts, what stands in the cache: of each what its farthest answer has.
    var prefilledTokens: Int {
        self.totals { Usage(promptTokens: $0.prefilledTokens) }.promptTokens + (self.request.embedding?.tokens ?? 0)
    }

    private var usage: Usage {
        var usage = self.totals { Usage(promptTokens: $0.promptTokens, completionTokens: $0.completionTokens) }
        usage.promptTokens += self.request.embedding?.tokens ?? 0
        return usage
    }

    /// - Parameter live: What counts of an answer that is on its way.
    private func totals(_ live: (GenerationStatus) -> Usage) -> Usage {
        var totals = UsageTotals()
        for answer in self.request.answers {
            let usage = answer.record?.usage ?? self.answers.first { $0.id == answer.generation }.map(live)
            if let usage { totals.add(usage, prompt: answer.prompt) }
        }
        return totals.usage
    }
}
