/// Notes what a generation waits for, as it goes.
struct DelayTracker: Sendable {
    /// The most others that are named.
    static let namedOthers = 32

    private var delays = GenerationDelays()
    private var pausedSince: Duration?
    private var suspendedSince: Duration?

    /// - Parameters:
    ///   - others: Those that go first, in their order, as many as are worth naming.
    ///   - count: How many they are.
    mutating func queued(behind others: some Sequence<UInt64>, count: Int) {
        self.delays.queuedBehind = Array(others.prefix(Self.namedOthers))
        self.delays.queuedBehindCount = count
    }

    mutating func computesChunk() {
        self.delays.prefillChunks += 1
    }

    mutating func waited(forToken gap: Duration) {
        self.delays.longestGap = max(self.delays.longestGap, gap)
    }

    mutating func setPaused(_ isPaused: Bool, now: Duration) {
        if let since = self.pausedSince { self.delays.pausedTime += now - since }
        self.pausedSince = isPaused ? now : nil
    }

    /// - Parameters:
    ///   - time: How long it was suspended before.
    ///   - since: Since when it is; nil if it is not.
    mutating func suspended(for time: Duration, since: Duration?) {
        self.delays.suspendedTime = time
        self.suspendedSince = since
    }

    func delays(now: Duration) -> GenerationDelays {
        var delays = self.delays
        if let since = self.pausedSince { delays.pausedTime += now - since }
        if let since = self.suspendedSince { delays.suspendedTime += now - since }
        return delays
    }
}
