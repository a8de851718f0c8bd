import InferenceCore

/// Turns requests into the entries of traces, as they end. What a prompt says is not in them, only which prompts begin alike.
struct TraceRecorder {
    typealias Outlet = AsyncStream<TraceEntry>.Continuation

    /// Entries that a reader may be behind.
    static let backlog = 10_000

    private var outlets: [(id: Int, outlet: Outlet, start: Duration)] = []
    private var requests: [RequestID: (request: GenerationRequest, arrival: Duration)] = [:]
    private var lastOutlet = 0
    /// Without it, names could be compared with those of a prompt that somebody guesses.
    private let key = UInt64.random(in: .min ... .max)

    /// - Returns: The outlet's number.
    mutating func add(_ outlet: Outlet, now: Duration) -> Int {
        self.lastOutlet += 1
        self.outlets.append((self.lastOutlet, outlet, now))
        return self.lastOutlet
    }

    mutating func remove(_ id: Int) {
        self.outlets.removeAll { $0.id == id }
        if self.outlets.isEmpty { self.requests = [:] }
    }

    mutating func began(_ request: GenerationRequest, now: Duration) {
        if !self.outlets.isEmpty { self.requests[request.id] = (request, now) }
    }

    mutating func ended(_ id: RequestID, _ reason: FinishReason, _ usage: Usage, _ timings: Timings, now: Duration) {
        guard let (request, arrival) = self.requests.removeValue(forKey: id) else { return }
        var entry = self.entry(request, arrival, reason, usage, timings, now: now)
        // A trace begins when somebody began to record it. What was under way by then is not in it.
        for (_, outlet, start) in self.outlets where start <= arrival {
            entry.arrival = arrival - start
            outlet.yield(entry)
        }
    }

    mutating func finish() {
        for (_, outlet, _) in self.outlets.take() { outlet.finish() }
    }

    private func entry(
        _ request: GenerationRequest,
        _ arrival: Duration,
        _ reason: FinishReason,
        _ usage: Usage,
        _ timings: Timings,
        now: Duration
    ) -> TraceEntry {
        // Who was cut off would have gone on, for all that is known.
        let endedByItself = reason == .stop || reason == .stopSequence
        // Who asks for all that there is room for may have said so with any number.
        let most = request.overflow == .shift ? TraceEntry.largestCount : request.contextSize - request.prompt.count
        let maxTokens = max(1, min(request.maxTokens, most))
        return TraceEntry(
            arrival: arrival,
            context: request.context.rawValue,
            prompt: self.pieces(of: request.prompt),
            answerTokens: endedByItself ? usage.completionTokens : maxTokens,
            maxTokens: maxTokens,
            contextSize: request.contextSize,
            priority: request.priority,
            deadline: request.deadline.map { max(.zero, $0 - arrival) },
            cancel: reason == .cancelled ? now - arrival : nil,
            isStrict: request.isStrict,
            result: .init(
                reason: reason,
                cachedTokens: usage.cachedTokens,
                firstToken: usage.completionTokens > 0 ? timings.timeToFirstToken / .seconds(1) : nil,
                end: (now - arrival) / .seconds(1)
            )
        )
    }

    /// A name for each block of a prompt: that of two prompts is the same if all is the same up to its end.
    func pieces(of prompt: [Token]) -> [PromptPiece] {
        var hasher = Hasher()
        hasher.combine(self.key)
        return stride(from: 0, to: prompt.count, by: PrefillBlocks.size).map { start in
            let block = prompt[start..<min(start + PrefillBlocks.size, prompt.count)]
            for token in block { hasher.combine(token) }
            let ended = hasher
            return PromptPiece(text: UInt64(bitPattern: Int64(ended.finalize())) & PromptPiece.largestName, tokens: block.count)
        }
    }
}

extension Array {
    fileprivate mutating func take() -> Self {
        defer { self = [] }
        return self
    }
}
