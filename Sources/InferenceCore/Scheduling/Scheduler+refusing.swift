/// What is refused, and with which numbers.
extension Scheduler {
    /// How much longer than is left to it a prompt must take before it is not begun: a prediction may be wrong.
    private static let certainlyLate = 2.0

    /// When a request starts that has so many before it, going by how long others had their slots; nil as long as none has ended.
    public func estimatedWait(position: Int) -> Duration? { self.load.estimatedWait(position: position) }

    private var load: QueueLoad {
        QueueLoad(
            running: self.running.count,
            waiting: self.waiting.count - (self.preempted.count - self.stalled.count) - (self.limits.parallel - self.running.count),
            parallel: self.limits.parallel,
            slotTime: self.slotTime
        )
    }

    func reasonNotToQueue(_ request: GenerationRequest, now: Duration) -> RequestFault? {
        self.limits.queueLimit.flatMap { self.load.reasonToRefuse(limit: $0) } ?? self.reasonNotToBegin(request, now: now)
    }

    /// A prompt that takes longer than the time that is left until the request's deadline is not worth the others' time.
    func reasonNotToBegin(_ request: GenerationRequest, now: Duration) -> RequestFault? {
        guard let deadline = request.deadline, deadline > now else { return nil }
        let reused = self.ledger.reusable(for: request)
        guard let needed = self.cost.secondsToPrefill(request.prompt.count, from: reused, chunk: self.prefillPolicy.largestChunk) else {
            return nil
        }
        let left = deadline - now
        guard needed > left.seconds * Self.certainlyLate else { return nil }
        return RequestFault(
            .timedOut,
            "\(request.prompt.count - reused) tokens of the prompt are to be computed, which takes about \(Duration.seconds(needed).inTwoDigits) here, and the "
                + "deadline is in \(left.inTwoDigits): allow more time, or shorten the prompt"
        )
    }

    func waitedTooLong(_ request: GenerationRequest, limit: Duration) -> RequestFault {
        self.load.overload("the request has waited for \(limit.inTwoDigits) and \(self.running.count) others still run")
    }
}
