/// Where a connection stands between its requests and their answers, as a value: what happens in, what is to be done out.
///
/// Answers come in the order of the requests, so there is one that is written, and one request that is read, the same or a later one.
struct ConnectionState {
    enum Action: Equatable {
        case nothing
        /// Closes the connection at once.
        case close
        /// Answers with what is wrong, and then lingers.
        case answer(ConnectionProblem)
        /// Ends the sending side once all is sent, and throws away what still comes. A client whose last bytes were never read would lose the
        /// answer to a reset.
        case linger
        /// Has whoever reads the request's body fail.
        case fail(ConnectionProblem)
    }

    private enum Phase: Equatable {
        case open
        case lingering(since: Duration, heard: Duration)
        case closed
    }

    private struct Body {
        var begin: Duration
        var heard: Duration
        var bytes = 0
        /// Whoever reads it knows that the rest does not come.
        var hasFailed = false
    }

    let limits: ConnectionLimits
    private var phase = Phase.open
    /// Requests whose answers have not ended.
    private(set) var requests = 0
    /// The body of the latest request, while it comes.
    private var body: Body?
    /// Whether the head of the answer to the oldest request is written.
    private var isAnswering = false
    /// Whether the connection ends with the answer that is written.
    private var endsWithAnswer = false
    /// Whether no request after the latest is taken.
    private var isLast = false
    private var isDraining: Bool
    /// What is told once all requests are answered.
    private var problem: ConnectionProblem?
    /// Whether a part of a request's head has come, and not yet its end.
    private var hasBegunHead = false
    /// Since when there is nothing to answer.
    private var idleSince: Duration
    private var isFirst = true
    /// Since when the client takes nothing.
    private var blockedSince: Duration?
    /// Since when the client sends no more.
    private var goneSince: Duration?

    init(limits: ConnectionLimits, isDraining: Bool, now: Duration) {
        self.limits = limits
        self.isDraining = isDraining
        self.idleSince = now
    }

    /// Whether all that comes is thrown away.
    var isLingering: Bool { if case .lingering = self.phase { true } else { false } }

    /// Whether requests are answered.
    var isOpen: Bool { self.phase == .open }

    // MARK: Requests

    /// - Parameter keepsAlive: Whether the client wants to send more on this connection.
    /// - Returns: Whether the request is taken. Nothing of one that is not is passed on.
    mutating func readHead(keepsAlive: Bool, now: Duration) -> Bool {
        self.heard(now)
        guard self.phase == .open, !self.isLast, self.problem == nil else { return false }
        self.requests += 1
        self.hasBegunHead = false
        self.body = Body(begin: now, heard: now)
        self.isFirst = false
        self.isLast = !keepsAlive
        return true
    }

    /// - Returns: Whether the part is passed on.
    mutating func readBody(bytes: Int, now: Duration) -> Bool {
        self.heard(now)
        guard self.phase == .open, self.body?.hasFailed == false else { return false }
        self.body?.heard = now
        self.body?.bytes += bytes
        return true
    }

    mutating func readEnd(now: Duration) -> Bool {
        self.heard(now)
        guard self.phase == .open, self.body?.hasFailed == false else { return false }
        self.body = nil
        return true
    }

    /// Bytes came that end no part of a request.
    mutating func readBytes() {
        // Of a body they come to nothing here: an empty line, the length of a chunk.
        if self.body == nil { self.hasBegunHead = true }
    }

    /// What comes cannot be read any further.
    mutating func fail(_ problem: ConnectionProblem, now: Duration) -> Action {
        self.heard(now)
        guard self.phase == .open, self.problem == nil, self.body?.hasFailed != true else { return .nothing }
        self.isLast = true
        if self.body != nil {
            // Whoever reads the body answers.
            self.body?.hasFailed = true
            return .fail(problem)
        }
        self.problem = problem
        return self.requests == 0 ? .answer(problem) : .nothing
    }

    /// The client sends no more.
    mutating func inputClosed(now: Duration) -> Action {
        if self.isLingering { return self.close() }
        self.goneSince = self.goneSince ?? now
        return .nothing
    }

    private mutating func heard(_ now: Duration) {
        guard case .lingering(let since, _) = self.phase else { return }
        self.phase = .lingering(since: since, heard: now)
    }

    // MARK: Answers

    /// - Parameter asksToClose: Whether the answer says that the connection ends with it.
    /// - Returns: Whether the connection ends with it. It does if its request has not been read to the end, since nobody will.
    mutating func writeHead(asksToClose: Bool) -> Bool {
        self.isAnswering = true
        let isLatest = self.requests == 1
        self.endsWithAnswer = asksToClose || self.isDraining || isLatest && (self.isLast && self.problem == nil || self.body != nil)
        return self.endsWithAnswer
    }

    mutating func writeEnd(now: Duration) -> Action {
        guard self.requests > 0 else { return .nothing }
        self.requests -= 1
        self.isAnswering = false
        if self.endsWithAnswer || self.isDraining { return .linger }
        guard self.requests > 0 else {
            self.idleSince = now
            return self.problem.map { .answer($0) } ?? .nothing
        }
        // Nobody could read the next one's body before.
        self.body?.heard = now
        self.body?.begin = now
        return .nothing
    }

    mutating func writable(_ isWritable: Bool, now: Duration) {
        self.blockedSince = isWritable ? nil : self.blockedSince ?? now
    }

    /// The client has taken a part of what was written.
    mutating func sent(now: Duration) {
        if self.blockedSince != nil { self.blockedSince = now }
    }

    // MARK: The end

    /// Ends the connection with the answer that it waits for.
    mutating func drain() -> Action {
        self.isDraining = true
        return self.requests == 0 && self.phase == .open && self.problem == nil ? self.close() : .nothing
    }

    /// - Returns: Whether it was not so before.
    mutating func linger(now: Duration) -> Bool {
        guard self.phase == .open else { return false }
        self.phase = .lingering(since: now, heard: now)
        return true
    }

    mutating func close() -> Action {
        guard self.phase != .closed else { return .nothing }
        self.phase = .closed
        return .close
    }

    // MARK: Time

    /// When ``timeOut(now:)`` has something to do, if nothing happens before.
    var deadline: Duration? {
        switch self.phase {
        case .closed: return nil
        case .lingering(let since, let heard): return min(since + self.limits.linger, heard + self.limits.lingerSilence)
        case .open: break
        }
        let blocked = self.blockedSince.map { blocked in
            self.goneSince.map { max($0, blocked) + self.limits.goneSilence } ?? blocked + self.limits.send
        }
        let gone = self.goneSince.map { $0 + self.limits.gone }
        return [self.headDeadline, self.bodyDeadline, blocked, gone].compactMap(\.self).min()
    }

    private var headDeadline: Duration? {
        guard self.requests == 0 else { return nil }
        return self.idleSince + (self.isFirst ? self.limits.head : self.limits.idle)
    }

    private var bodyDeadline: Duration? {
        // Of a request behind another one nothing is read as long as that is answered.
        guard self.requests == 1, !self.isAnswering, let body = self.body, !body.hasFailed else { return nil }
        let slowest = body.begin + self.limits.body + .seconds(Double(body.bytes) / Double(max(1, self.limits.bodyRate)))
        return min(body.heard + self.limits.body, slowest)
    }

    mutating func timeOut(now: Duration) -> Action {
        guard let deadline = self.deadline, deadline <= now else { return .nothing }
        guard self.phase == .open else { return self.close() }
        if deadline == self.bodyDeadline { return self.fail(.bodyTimedOut, now: now) }
        if deadline == self.headDeadline, self.hasBegunHead { return self.fail(.headTimedOut, now: now) }
        return self.close()
    }
}
