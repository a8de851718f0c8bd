/// The progress of one request.
struct SequenceState: Sendable {
    enum Phase: Sendable, Equatable {
        /// In the queue. Next: `prefilling`.
        case waiting
        /// Its prompt is being computed; `next` is the first token that is not. Next: `decoding`.
        case prefilling(SlotID, next: Int)
        /// Generating; `pending` was sampled and is not in the cache yet.
        case decoding(SlotID, pending: Token)
    }

    /// What a sampled token means for the outside.
    struct Advance: Equatable {
        var text: String
        var tokens: [Token]
        var finish: FinishReason?
    }

    let request: GenerationRequest
    var phase: Phase = .waiting
    /// Set while the consumer is behind; a paused sequence keeps its slot and is not scheduled.
    var isPaused = false
    /// The scheduler's last turn in which a part of the prompt was computed, or the one before which it got its slot.
    var lastTurn = 0
    var usage: Usage

    private let submitted: Duration
    private var started: Duration?
    private var firstToken: Duration?
    private var lastToken: Duration?
    private var assembler = UTF8Assembler()
    private var stopMatcher: StopMatcher
    /// Tokens whose text is still held back.
    private var heldTokens: [Token] = []

    init(_ request: GenerationRequest, now: Duration) {
        self.request = request
        self.submitted = now
        self.usage = Usage(promptTokens: request.prompt.count)
        self.stopMatcher = StopMatcher(request.stopSequences)
    }

    var slot: SlotID? {
        switch self.phase {
        case .waiting: nil
        case .prefilling(let slot, _), .decoding(let slot, _): slot
        }
    }

    var progress: SequenceProgress {
        let prefilled =
            switch self.phase {
            case .waiting: 0
            case .prefilling(_, let next): next
            case .decoding: self.request.prompt.count
            }
        return SequenceProgress(
            request: self.request.id,
            isPrefilling: self.firstToken == nil,
            isPaused: self.isPaused,
            prefilled: prefilled,
            completionTokens: self.usage.completionTokens,
            lastToken: self.lastToken
        )
    }

    mutating func start(in slot: SlotID, reused: Int, now: Duration) {
        self.phase = .prefilling(slot, next: reused)
        self.usage.cachedTokens = reused
        self.started = now
    }

    var isPrefilling: Bool {
        if case .prefilling = self.phase { !self.isPaused } else { false }
    }

    /// Tokens of the prompt that are still to be computed.
    var tokensToPrefill: Int {
        guard case .prefilling(_, let next) = self.phase else { return 0 }
        return self.request.prompt.count - next
    }

    /// The next part of the prompt, cut at whole blocks, the end of the prompt apart from what is before it.
    ///
    /// - Parameters:
    ///   - border: Where to stop for a moment.
    ///   - mayExceed: Whether the end of the prompt, which is up to 31 tokens, is given even if there is no room for it.
    func prefillChunks(in room: inout PrefillRoom, until border: Int?, mayExceed: Bool) -> [StepPlan.PrefillChunk] {
        guard case .prefilling(let slot, var next) = self.phase else { return [] }
        let prompt = self.request.prompt
        let lastStart = PrefillBlocks.lastChunkStart(promptCount: prompt.count)
        var chunks: [StepPlan.PrefillChunk] = []
        let end = border.map { $0 > next ? min($0, lastStart) : lastStart } ?? lastStart
        let whole = min(end - next, room.tokens(after: next))
        if whole > 0 {
            let tokens = prompt[next..<(next + whole)]
            chunks.append(.init(request: self.request.id, slot: slot, tokens: tokens, position: next, isLast: false))
            room.take(chunks[0])
            next += whole
        }
        if next == lastStart, whole == 0 || next != border, room.fits(prompt.count - next, after: next) || mayExceed && chunks.isEmpty {
            let last = StepPlan.PrefillChunk(request: self.request.id, slot: slot, tokens: prompt[next...], position: next, isLast: true)
            chunks.append(last)
            room.take(last)
        }
        return chunks
    }

    /// From the prompt's beginning, since its cached part was not there after all.
    mutating func startOver() {
        guard let slot = self.slot else { return }
        self.phase = .prefilling(slot, next: 0)
        self.usage.cachedTokens = 0
    }

    /// Back into the queue, as if it had never been taken out.
    mutating func requeue() {
        self.phase = .waiting
        self.usage.cachedTokens = 0
        self.started = nil
    }

    /// Takes a sampled token in and tells what of the text may be shown, and whether it was the last one.
    mutating func accept(_ sample: StepOutcome.Sample, in slot: SlotID, now: Duration) -> Advance {
        self.phase = .decoding(slot, pending: sample.token)
        if self.firstToken == nil { self.firstToken = now }
        self.lastToken = now

        guard !sample.isEndOfGeneration else { return self.flush(.stop) }

        self.usage.completionTokens += 1
        self.heldTokens.append(sample.token)
        let matched = self.stopMatcher.append(self.assembler.append(sample.piece))
        if matched.isStopped {
            return Advance(text: matched.text, tokens: matched.text.isEmpty ? [] : self.takeTokens(), finish: .stopSequence)
        }
        if self.usage.completionTokens >= self.request.maxTokens || self.isAtContextEnd {
            return self.flush(.length, after: matched.text)
        }
        return Advance(text: matched.text, tokens: matched.text.isEmpty ? [] : self.takeTokens(), finish: nil)
    }

    func timings(now: Duration) -> Timings {
        let started = self.started ?? now
        guard let firstToken = self.firstToken, let lastToken = self.lastToken else {
            return Timings(queued: started - self.submitted, prefill: now - started)
        }
        return Timings(queued: started - self.submitted, prefill: firstToken - started, decode: lastToken - firstToken)
    }

    /// Text that was held back in case a stop string or a character came; a character cut in the middle is dropped.
    mutating func flush(_ reason: FinishReason?, after text: String = "") -> Advance {
        let text = text + self.stopMatcher.finish()
        return Advance(text: text, tokens: text.isEmpty ? [] : self.takeTokens(), finish: reason)
    }

    private var isAtContextEnd: Bool {
        self.request.overflow != .shift
            && self.request.prompt.count + self.usage.completionTokens >= self.request.contextSize
    }

    private mutating func takeTokens() -> [Token] {
        defer { self.heldTokens = [] }
        return self.heldTokens
    }
}
