/// What is refused, and with which numbers.
extension Scheduler {
    /// How much longer than is left to it a prompt must take before it is not begun: a prediction may be wrong.
    private static let certainlyLate = 2.0

    /// When a request starts that has so many before it, going by how long others had their slots; nil as long as none has ended.
    public func estimatedWait(position: Int) -> Duration? {
        self.slotTime.map { $0 * (position + 1) / self.limits.parallel }
    }

    /// Requests that are to begin and have no slot to begin in; below nought if there are slots left.
    var queueLength: Int {
        self.waiting.count - self.preempted.count - (self.limits.parallel - self.running.count)
    }

    func reasonNotToQueue(_ request: GenerationRequest, now: Duration) -> RequestFault? {
        if let limit = self.limits.queueLimit, self.queueLength >= limit {
            return self.overload("\(self.running.count) requests run and \(max(0, self.queueLength)) wait, and no more than \(limit) may")
        }
        return self.reasonNotToBegin(request, now: now)
    }

    /// A prompt that takes longer than the time that is left until the request's deadline is not worth the others' time.
    func reasonNotToBegin(_ request: GenerationRequest, now: Duration) -> RequestFault? {
        guard let deadline = request.deadline, deadline > now else { return nil }
        let reused = self.ledger.reusable(for: request)
        guard let needed = self.cost.secondsToPrefill(request.prompt.count, from: reused, chunk: self.prefillPolicy.largestChunk) else {
            return nil
        }
        let left = (deadline - now).seconds
        guard needed > left * Self.certainlyLate else { return nil }
        return RequestFault(
            .timedOut,
            "\(request.prompt.count - reused) tokens of the prompt are to be computed, which takes about \(Self.text(needed)) here, and the "
                + "deadline is in \(Self.text(left)): allow more time, or shorten the prompt"
        )
    }

    func waitedTooLong(_ request: GenerationRequest, limit: Duration) -> RequestFault {
        self.overload("the request has waited for \(Self.text(limit.seconds)) and \(self.running.count) others still run")
    }

    private func overload(_ what: String) -> RequestFault {
        let wait = self.estimatedWait(position: max(0, self.queueLength))
        let advice = wait.map { "try again in about \(Self.text($0.seconds))" } ?? "try again later"
        return RequestFault(.overloaded, "\(what): \(advice)", retryAfter: wait)
    }

    /// Two digits are all that can be told.
    private static func text(_ seconds: Double) -> String {
        seconds < 1 ? "\(max(1, Int(seconds * 1_000))) ms" : seconds < 10 ? "\(Double(Int(seconds * 10)) / 10) s" : "\(Int(seconds)) s"
    }

    func reasonToRefuse(_ request: GenerationRequest) -> RequestFault? {
        let prompt = request.prompt.count
        if prompt == 0 {
            return RequestFault(.invalidRequest, "the prompt is empty: give at least one token")
        }
        if request.maxTokens < 1 {
            return RequestFault(.invalidRequest, "maxTokens is \(request.maxTokens): give at least 1")
        }
        if prompt >= request.contextSize {
            return RequestFault(
                .contextWindowExceeded,
                "the prompt has \(prompt) tokens and the context holds \(request.contextSize), prompt and answer together: "
                    + "shorten the prompt or use a context of more than \(prompt) tokens"
            )
        }
        if request.overflow == .refuse, request.maxTokens > request.contextSize - prompt {
            return RequestFault(
                .contextWindowExceeded,
                "the prompt has \(prompt) tokens and maxTokens is \(request.maxTokens), but the context holds \(request.contextSize): "
                    + "ask for at most \(request.contextSize - prompt) tokens or use a larger context"
            )
        }
        if request.overflow == .shift, !self.limits.canShift {
            return RequestFault(
                .invalidRequest,
                "this model's cache cannot be shifted: use overflow .stop, or a context that holds the whole answer"
            )
        }
        return nil
    }
}
