/// The progress of one request.
struct SequenceState: Sendable {
    enum Phase: Sendable, Equatable {
        /// In the queue. Next: `prefilling`.
        case waiting
        /// Its prompt is being computed; `next` is the first token that is not. Next: `decoding`, or `suspended` and back.
        case prefilling(SlotID, next: Int)
        /// Generating; `pending` was sampled and is not in the cache yet. Next: its end, or `suspended` and back.
        case decoding(SlotID, pending: Token)
        /// In the queue once more, with all that it had in its slot kept outside of the cache. Next: what it was before.
        case suspended(ParkID, Rest)
    }

    /// What a suspended request goes on with.
    enum Rest: Sendable, Equatable {
        case prefilling(next: Int)
        case decoding(pending: Token)
    }

    /// Cells beyond what it has that a request is given room for, so that a larger cache can be made before they are full.
    static let headroom = 128

    /// What a sampled token means for the outside.
    struct Advance: Equatable {
        var text: String
        var tokens: [Token] = []
        /// Empty, or one for each token.
        var logprobs: [TokenLogprob] = []
        var finish: FinishReason?
    }

    let request: GenerationRequest
    var phase: Phase = .waiting
    /// Since when the consumer has been behind; nil if it is not. A paused sequence is not scheduled.
    var pausedSince: Duration?
    /// When it entered the queue.
    private(set) var queuedSince: Duration
    /// Until when it keeps its slot though a higher class wants it, since it has waited for long.
    private(set) var keepsSlotUntil: Duration?
    /// Where the prompt's state is to be saved on the way: a model that cannot go back needs it for a later prompt that begins alike.
    var checkpoints: Set<Int> = []
    /// The scheduler's last turn in which a part of the prompt was computed, or the one before which it got its slot.
    var lastTurn = 0
    var usage: Usage
    /// How likely the prompt's tokens were up to the first that is not computed, if that is asked for.
    var promptLogprobs: [TokenLogprob] = []

    /// How long it had given up its slot before, and since when it has; nil if it has not.
    private var suspendedTime: Duration = .zero
    private var suspendedSince: Duration?
    /// When it was added.
    let submitted: Duration
    private var started: Duration?
    private var firstToken: Duration?
    private var lastToken: Duration?
    private var assembler = UTF8Assembler()
    private var stopMatcher: StopMatcher
    /// Tokens whose text is still held back.
    private var heldTokens: [Token] = []
    /// One for each of these, if they were asked for.
    private var heldLogprobs: [TokenLogprob] = []

    init(_ request: GenerationRequest, now: Duration) {
        self.request = request
        self.submitted = now
        self.queuedSince = now
        self.usage = Usage(promptTokens: request.prompt.count)
        self.stopMatcher = StopMatcher(request.stopSequences)
    }

    var isPaused: Bool { self.pausedSince != nil }

    var slot: SlotID? {
        switch self.phase {
        case .waiting, .suspended: nil
        case .prefilling(let slot, _), .decoding(let slot, _): slot
        }
    }

    /// Cells of the KV cache that it fills before long.
    var cellsNeededSoon: Int {
        let standing = self.request.prompt.count + self.usage.completionTokens - self.usage.droppedTokens
        return min(self.request.cellsNeeded, standing + Self.headroom)
    }

    var progress: SequenceProgress {
        let prefilled =
            switch self.phase {
            case .waiting: 0
            case .prefilling(_, let next), .suspended(_, .prefilling(let next)): next
            case .decoding, .suspended(_, .decoding): self.request.prompt.count
            }
        return SequenceProgress(
            request: self.request.id,
            isPrefilling: self.firstToken == nil,
            isPaused: self.isPaused,
            isSuspended: self.slot == nil,
            suspendedTime: self.suspendedTime,
            suspendedSince: self.suspendedSince,
            prefilled: prefilled,
            completionTokens: self.usage.completionTokens,
            lastToken: self.lastToken
        )
    }

    mutating func start(in slot: SlotID, reused: Int, isTurn: Bool, now: Duration) {
        self.phase = .prefilling(slot, next: reused)
        self.usage.cachedTokens = reused
        self.gotSlot(isTurn: isTurn, now: now)
    }

    /// Gives up the slot; what stands in it is kept.
    mutating func suspend(as id: ParkID, now: Duration) {
        switch self.phase {
        case .prefilling(_, let next): self.phase = .suspended(id, .prefilling(next: next))
        case .decoding(_, let pending): self.phase = .suspended(id, .decoding(pending: pending))
        case .waiting, .suspended: return
        }
        self.queuedSince = now
        self.suspendedSince = now
    }

    /// Gives up the slot, in which nothing stands yet.
    mutating func requeue(now: Duration) {
        self.phase = .waiting
        self.usage.cachedTokens = 0
        self.queuedSince = now
        self.suspendedSince = now
    }

    /// Goes on where it was.
    mutating func resume(in slot: SlotID, isTurn: Bool, now: Duration) {
        guard case .suspended(_, let rest) = self.phase else { return }
        switch rest {
        case .prefilling(let next): self.phase = .prefilling(slot, next: next)
        case .decoding(let pending): self.phase = .decoding(slot, pending: pending)
        }
        self.gotSlot(isTurn: isTurn, now: now)
    }

    /// When it is over even if nothing comes of it.
    ///
    /// - Parameter waitLimit: How long it may wait before it starts.
    func expiry(waitLimit: Duration?) -> Duration? {
        let deadline = self.request.deadline
        guard let waitLimit, self.phase == .waiting, self.started == nil else { return deadline }
        return min(self.queuedSince + waitLimit, deadline ?? .seconds(Int64.max))
    }

    /// - Parameter isTurn: Whether it goes before requests of a higher class, since it has waited longest. Then it keeps the slot for a while.
    private mutating func gotSlot(isTurn: Bool, now: Duration) {
        self.started = self.started ?? now
        if let since = self.suspendedSince.take() { self.suspendedTime += now - since }
        self.keepsSlotUntil = isTurn ? now + PrefillPolicy.leastTurn : nil
    }

    /// Whether another request may have its slot, one of a higher class or, if its consumer does not come back, any.
    func yields(to priority: RequestPriority, now: Duration) -> Bool {
        self.hasStalled(now) || self.request.priority == .batch && priority > .batch && self.keepsSlotUntil ?? now <= now
    }

    /// When others may have its slot, since its consumer takes nothing; nil if it does.
    var stallTime: Duration? { self.pausedSince.map { $0 + PrefillPolicy.patience } }

    func hasStalled(_ now: Duration) -> Bool { self.stallTime.map { $0 <= now } ?? false }

    /// Whether it ever had a slot.
    var hasStarted: Bool { self.started != nil }

    var isPrefilling: Bool {
        if case .prefilling = self.phase { !self.isPaused } else { false }
    }

    /// Tokens of the prompt that are still to be computed.
    var tokensToPrefill: Int {
        guard case .prefilling(_, let next) = self.phase else { return 0 }
        return self.request.prompt.count - next
    }

    /// From the prompt's beginning, since its cached part was not there after all. What was generated cannot be had again.
    mutating func startOver() {
        self.phase = self.slot.map { .prefilling($0, next: 0) } ?? .waiting
        self.usage.cachedTokens = 0
        self.promptLogprobs = []
    }

    /// Takes a sampled token in and tells what of the text may be shown, and whether it was the last one.
    mutating func accept(_ sample: StepOutcome.Sample, in slot: SlotID, now: Duration) -> Advance {
        // The prompt alone was asked about.
        guard self.request.maxTokens > 0 else { return Advance(text: "", finish: .length) }
        self.phase = .decoding(slot, pending: sample.token)
        if self.firstToken == nil { self.firstToken = now }
        self.lastToken = now

        guard !sample.isEndOfGeneration else { return self.flush(.stop) }

        self.usage.completionTokens += 1
        self.heldTokens.append(sample.token)
        if let logprob = sample.logprob { self.heldLogprobs.append(logprob) }
        let matched = self.stopMatcher.append(self.assembler.append(sample.piece))
        if matched.isStopped {
            return self.advance(matched.text, finish: .stopSequence)
        }
        if self.usage.completionTokens >= self.request.maxTokens || self.isAtContextEnd {
            return self.flush(.length, after: matched.text)
        }
        return self.advance(matched.text, finish: nil)
    }

    func timings(now: Duration) -> Timings {
        let started = self.started ?? now
        let suspended = self.suspendedTime + (self.suspendedSince.map { now - $0 } ?? .zero)
        guard let firstToken = self.firstToken, let lastToken = self.lastToken else {
            return Timings(queued: started - self.submitted, prefill: now - started, suspended: suspended)
        }
        return Timings(
            queued: started - self.submitted,
            prefill: firstToken - started,
            decode: lastToken - firstToken,
            suspended: suspended
        )
    }

    /// Text that was held back in case a stop string or a character came; a character cut in the middle is dropped.
    mutating func flush(_ reason: FinishReason?, after text: String = "") -> Advance {
        self.advance(text + self.stopMatcher.finish(), finish: reason)
    }

    private var isAtContextEnd: Bool {
        self.request.overflow != .shift
            && self.request.prompt.count + self.usage.completionTokens >= self.request.contextSize
    }

    /// A text that may be shown, and the tokens that it ends.
    private mutating func advance(_ text: String, finish: FinishReason?) -> Advance {
        guard !text.isEmpty else { return Advance(text: "", finish: finish) }
        defer { (self.heldTokens, self.heldLogprobs) = ([], []) }
        return Advance(text: text, tokens: self.heldTokens, logprobs: self.heldLogprobs, finish: finish)
    }
}
