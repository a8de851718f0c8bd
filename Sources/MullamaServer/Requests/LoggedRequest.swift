import Foundation
import Mullama

/// What is known of a request for answers, on its way or ended.
struct LoggedRequest: Sendable {
    /// One of its answers, which the engine has as a generation.
    struct Answer: Sendable {
        /// The number that the model has for it.
        let generation: UInt64
        /// Which of the request's prompts it answers.
        var prompt = 0
        /// Nil until it has ended.
        var record: GenerationRecord?
    }

    /// Which model answers, as long as it is in memory.
    struct Model: Sendable {
        let name: String
        let load: LoadID
    }

    /// What clients know it by; they may give two requests the same.
    let id: String
    /// The pattern of its route.
    let route: String
    /// The name of the key that it came with.
    let keyName: String?
    let priority: RequestPriority
    /// By the calendar.
    let received: Date
    let began: ContinuousClock.Instant
    /// Nil until the model is there.
    var model: Model?
    /// How long it waited for its model; zero if that was in memory.
    var loadTime: Duration?
    var answers: [Answer] = []
    /// Nil for a request of another kind, and until the model is there.
    var embedding: EmbeddingWork?
    /// How long it took; nil as long as it is on its way.
    var duration: Duration?
    /// Of the answer's head; nil before that.
    var status: Int?
    /// Why it failed, before the answer's head or after it.
    var error: APIError?
    /// Whether the client left before the end of its answer.
    var isLeft = false

    var records: [GenerationRecord] { self.answers.compactMap(\.record) }

    /// What its answers that have ended took together, and its embeddings.
    var usage: Usage {
        var totals = UsageTotals()
        for answer in self.answers { if let record = answer.record { totals.add(record.usage, prompt: answer.prompt) } }
        var usage = totals.usage
        usage.promptTokens += self.embedding?.tokens ?? 0
        return usage
    }

    /// Where the time went, of several answers the longest of each: they run beside one another. Nil before the first has ended.
    var timings: Timings? {
        let all = self.records.map(\.timings)
        guard !all.isEmpty else { return nil }
        return Timings(
            queued: all.map(\.queued).max() ?? .zero,
            prefill: all.map(\.prefill).max() ?? .zero,
            decode: all.map(\.decode).max() ?? .zero
        )
    }
}
