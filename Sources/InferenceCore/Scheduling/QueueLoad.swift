/// How many requests there are for how many slots, and what follows from that for the one that comes next.
package struct QueueLoad: Sendable {
    /// Requests that have a slot.
    var running: Int
    /// Requests that are to begin and have no slot to begin in; below nought if there are slots left.
    var waiting: Int
    /// The most requests that have a slot at the same time.
    var parallel: Int
    /// How long requests had a slot lately; nil as long as none has ended.
    var slotTime: Duration?

    /// - Parameter requests: Those that have not ended and have not given up their slot.
    package init(requests: Int, parallel: Int, slotTime: Duration?) {
        self.init(running: min(requests, parallel), waiting: requests - parallel, parallel: parallel, slotTime: slotTime)
    }

    init(running: Int, waiting: Int, parallel: Int, slotTime: Duration?) {
        self.running = running
        self.waiting = waiting
        self.parallel = parallel
        self.slotTime = slotTime
    }

    /// When a request starts that has so many before it, going by how long others had their slots.
    package func estimatedWait(position: Int) -> Duration? {
        self.slotTime.map { $0 * (position + 1) / self.parallel }
    }

    /// Why another request may not wait.
    package func reasonToRefuse(limit: Int) -> RequestFault? {
        guard self.waiting >= limit else { return nil }
        return self.overload("\(self.running) requests run and \(max(0, self.waiting)) wait, and no more than \(limit) may")
    }

    func overload(_ what: String) -> RequestFault {
        let wait = self.estimatedWait(position: max(0, self.waiting))
        let advice = wait.map { "try again in about \($0.inTwoDigits)" } ?? "try again later"
        return RequestFault(.overloaded, "\(what): \(advice)", retryAfter: wait)
    }
}

extension Duration {
    /// Two digits are all that can be told of a time that is only estimated.
    var inTwoDigits: String {
        let seconds = self.seconds
        return seconds < 1
            ? "\(max(1, Int(seconds * 1_000))) ms" : seconds < 10 ? "\(Double(Int(seconds * 10)) / 10) s" : "\(Int(seconds)) s"
    }
}
