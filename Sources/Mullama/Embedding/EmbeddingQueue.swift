import InferenceCore

/// Which text is computed next, and how far it is. A value: it has no clock and no C library.
///
/// One text is under way at a time, since it has the context to itself. Between two texts any call may have its turn: the higher class first, in
/// it the one with the fewest tokens left, so that most callers wait the least; and now and then the one that has waited longest has a turn
/// of some texts, so that all move on. Turns are counted in tokens, since that is what texts cost.
struct EmbeddingQueue: Sendable {
    /// After so many tokens of others, the call goes first whose last turn is longest ago.
    private static let tokensPerFairTurn = 1_024
    /// And stays first for so many.
    private static let fairTurn = 128

    private struct Entry: Sendable {
        let request: RequestID
        /// Nil while its texts are still made into tokens.
        var job: EmbeddingJob?
        var done: [Embedding] = []
        var tokensLeft = 0
        /// Tokens of its longest text.
        var longestText = 0
        /// When it had a turn, counted in texts.
        var lastTurn: Int

        var priority: RequestPriority { self.job?.priority ?? .batch }
    }

    /// The text that is under way.
    private struct Text: Sendable {
        var request: RequestID
        var tokens: [Token]
        var position = 0
    }

    private var entries: [RequestID: Entry] = [:]
    private var current: Text?
    /// Texts begun so far.
    private var turn = 0
    /// Tokens begun since the last fair turn.
    private var tokensSinceFairTurn = 0
    /// Whose fair turn it is, and how many tokens of it are left.
    private var fairTurn: (request: RequestID, left: Int)?

    // MARK: Calls

    /// A call was made; its texts will follow. It has its place from now on.
    mutating func expect(_ request: RequestID) {
        self.entries[request] = Entry(request: request, lastTurn: self.turn)
    }

    /// The texts of a call are there. A call that is not expected has ended meanwhile.
    mutating func add(_ job: EmbeddingJob) {
        self.entries[job.request]?.job = job
        self.entries[job.request]?.tokensLeft = job.texts.reduce(0) { $0 + $1.count }
        self.entries[job.request]?.longestText = job.texts.reduce(0) { max($0, $1.count) }
    }

    /// Drops a call, whatever it waits for. Unknown ones have ended.
    mutating func remove(_ request: RequestID) {
        self.entries[request] = nil
        if self.current?.request == request { self.current = nil }
    }

    /// The calls that have not ended, in their order.
    var requests: [RequestID] { self.entries.keys.sorted() }

    /// Whether no call is on its way.
    var isEmpty: Bool { self.entries.isEmpty }

    /// Whether there is anything to compute.
    var hasWork: Bool { self.entries.values.contains { $0.job != nil } }

    /// The highest class of those that have something to compute.
    var priority: RequestPriority? { self.entries.values.compactMap(\.job?.priority).max() }

    /// Tokens of the longest text of all calls that are not over.
    var longestText: Int { self.entries.values.reduce(0) { max($0, $1.longestText) } }

    // MARK: Texts

    /// The text that is under way, else the one that comes next; nil if there is none.
    mutating func begin() -> (request: RequestID, position: Int, count: Int)? {
        if self.current == nil, let next = self.next(), let job = next.job {
            let text = Text(request: job.request, tokens: job.texts[next.done.count])
            self.count(text)
            self.current = text
        }
        return self.current.map { ($0.request, $0.position, $0.tokens.count) }
    }

    private mutating func count(_ text: Text) {
        self.turn += 1
        self.entries[text.request]?.lastTurn = self.turn
        guard let turn = self.fairTurn, turn.request == text.request else {
            self.tokensSinceFairTurn += text.tokens.count
            return
        }
        self.fairTurn?.left -= text.tokens.count
    }

    private mutating func next() -> Entry? {
        let ready = self.entries.values.filter { $0.job != nil }
        if let turn = self.fairTurn {
            if turn.left > 0, let entry = self.entries[turn.request] { return entry }
            self.fairTurn = nil
            self.tokensSinceFairTurn = 0
        }
        if self.tokensSinceFairTurn >= Self.tokensPerFairTurn,
            let patient = ready.min(by: { ($0.lastTurn, $0.request) < ($1.lastTurn, $1.request) })
        {
            self.fairTurn = (patient.request, Self.fairTurn)
            return patient
        }
        return ready.min {
            ($1.priority, $0.tokensLeft, $0.request) < ($0.priority, $1.tokensLeft, $1.request)
        }
    }

    /// The next part of the text that is under way.
    ///
    /// - Parameter fits: Whether so many tokens after so many others take no longer than there is time for.
    func part(_ cut: EmbeddingCut, fits: (_ tokens: Int, _ depth: Int) -> Bool) -> EmbeddingPart? {
        guard let text = self.current else { return nil }
        let end = cut.end(after: text.position, of: text.tokens.count) { fits($0, text.position) }
        return EmbeddingPart(
            request: text.request,
            tokens: text.tokens[text.position..<end],
            isFirst: text.position == 0,
            isLast: end == text.tokens.count
        )
    }

    /// A part that is not the last was computed.
    mutating func computed(_ part: EmbeddingPart) {
        self.current?.position = part.tokens.endIndex
    }

    /// The text that is under way is done.
    ///
    /// - Parameter raw: What the model has for it.
    /// - Returns: The results of its call, if that was its last text.
    /// - Throws: If it comes to nothing; the call is over then.
    mutating func finished(_ raw: [Double]) throws(RequestFault) -> [Embedding]? {
        guard let text = self.current.take(), let job = self.entries[text.request]?.job else { return nil }
        do {
            let vector = try job.form.vector(raw)
            self.entries[text.request]?.done.append(Embedding(vector: vector, promptTokens: text.tokens.count))
        } catch {
            self.entries[text.request] = nil
            throw error
        }
        self.entries[text.request]?.tokensLeft -= text.tokens.count
        guard self.entries[text.request]?.done.count == job.texts.count else { return nil }
        return self.entries.removeValue(forKey: text.request)?.done
    }
}
