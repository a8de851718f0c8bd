import InferenceCore

/// Makes traffic of a kind out of a seed.
public enum TraceGenerator: String, Sendable, CaseIterable {
    /// Requests that know nothing of one another, of 20 to 400 tokens, with answers of 16 to 200.
    case poisson
    /// Eight at once that begin alike: a preamble of 500 tokens, then a question of their own.
    case bursts
    /// Agents of four kinds, each kind with 1,500 tokens of instructions; each works in 3 to 10 turns that follow at once.
    case agents
    /// Conversations of 2 to 8 turns, with time to think between them.
    case chats
    /// Interactive chats, requests as in `poisson`, and batch work with long prompts and answers, a third of the requests each.
    case mixed

    /// - Parameters:
    ///   - rate: Requests a second, above 0; turns and members of a burst each count.
    ///   - duration: When the last of them begin.
    public func trace(seed: UInt64, rate: Double, duration: Duration) -> Trace {
        var maker = TraceMaker(seed: seed)
        switch self {
        case .poisson: maker.singles(rate: rate, duration)
        case .bursts: maker.bursts(of: 8, rate: rate, duration)
        case .agents: maker.agents(rate: rate, duration)
        case .chats: maker.chats(rate: rate, duration)
        case .mixed:
            maker.chats(rate: rate / 3, duration, priority: .interactive)
            maker.singles(rate: rate / 3, duration)
            maker.singles(rate: rate / 3, duration, prompt: 500...3_000, answer: 100...500, priority: .batch)
        }
        return Trace(maker.entries)
    }
}
