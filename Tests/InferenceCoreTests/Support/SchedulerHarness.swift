import InferenceCore
import Testing

/// Drives a scheduler: plans steps, carries them out on a ``ReferenceCache``, commits what came of them, and checks each on the way.
struct SchedulerHarness {
    private(set) var scheduler: Scheduler
    private(set) var cache = ReferenceCache()
    var model = ScriptedModel()
    /// The time of the next input; a step takes a millisecond.
    var now: Duration = .zero
    /// Faults that the next step with rows of the request reports.
    var faults: [RequestID: RequestFault] = [:]
    /// The largest cache that there is memory for.
    var memory = Int.max
    /// How many of the next resizes fail whatever their size.
    var failingResizes = 0
    private(set) var failedResizes = 0
    /// How many steps it takes to make a cache beside the running one.
    var preparationSteps = 0
    private var preparation: (geometry: CacheGeometry, stepsLeft: Int)?
    /// Whether what is parked cannot be read out.
    var losesParked = false
    /// Whether what is copied does not arrive.
    var losesCopies = false

    /// What each prefix outside of the cache takes; nil: its tokens.
    var parkedSize: Int?
    /// Why prompts were not spared more.
    private(set) var misses: [RequestID: CacheMiss] = [:]

    private(set) var requests: [RequestID: GenerationRequest] = [:]
    private(set) var plans: [StepPlan] = []
    private(set) var texts: [RequestID: String] = [:]
    private(set) var tokens: [RequestID: [Token]] = [:]
    private(set) var scores: [RequestID: [TokenLogprob]] = [:]
    private(set) var endings: [RequestID: Ending] = [:]
    /// Requests in the order in which they ended.
    private(set) var ended: [UInt64] = []
    /// How many tokens each request has generated, the closing one included.
    private var generated: [RequestID: Int] = [:]
    private let limits: SchedulerLimits
    private var shape = StepShape.any

    init(
        parallel: Int = 4,
        firstSlots: Int? = nil,
        shrinkAfter: Duration? = nil,
        cells: Int = .max,
        queueLimit: Int? = nil,
        waitLimit: Duration? = nil,
        canTrim: Bool = true,
        canTrimMoved: Bool = true,
        window: Int = 0,
        canShift: Bool = true,
        chunk: Int = 64,
        parkedTokens: Int = 0
    ) {
        self.limits = SchedulerLimits(
            parallel: parallel,
            firstSlots: firstSlots,
            shrinkAfter: shrinkAfter,
            cells: cells,
            queueLimit: queueLimit,
            waitLimit: waitLimit,
            canTrim: canTrim,
            canTrimMoved: canTrimMoved,
            window: window,
            canShift: canShift,
            parkedTokens: parkedTokens
        )
        self.cache.canTrim = canTrim
        self.cache.canTrimMoved = canTrim && canTrimMoved
        // No time is predicted, so that the chunks are the same on every machine.
        self.scheduler = Scheduler(limits: self.limits, prefillPolicy: PrefillPolicy(maxStall: .zero, loneChunk: chunk))
    }

    // MARK: Inputs

    mutating func add(_ request: GenerationRequest) {
        self.requests[request.id] = request
        self.take(self.scheduler.add(request, now: self.now))
    }

    mutating func setAvailable(cells: Int?) {
        self.scheduler.setAvailable(cells: cells)
    }

    mutating func cancel(_ id: UInt64, reason: FinishReason = .cancelled) {
        self.take(self.scheduler.cancel(RequestID(id), reason: reason, now: self.now))
    }

    mutating func cancelAll(reason: FinishReason = .cancelled) {
        self.take(self.scheduler.cancelAll(reason: reason, now: self.now))
    }

    mutating func failAll(_ fault: RequestFault) {
        self.take(self.scheduler.failAll(fault, now: self.now))
    }

    mutating func pause(_ id: UInt64, _ isPaused: Bool = true) {
        self.scheduler.setPaused(RequestID(id), isPaused, now: self.now)
    }

    /// Where prompts are cut.
    var blocks: PrefillBlocks { self.shape.fitting(self.limits).blocks }

    mutating func restrict(to shape: StepShape) {
        self.shape = shape
        self.scheduler.restrict(to: shape)
    }

    mutating func forget(_ context: UInt64) {
        self.scheduler.forget(ContextID(context))
    }

    // MARK: Steps

    /// - Returns: What was planned; nil if there was nothing to do.
    @discardableResult
    mutating func step() -> StepPlan? {
        let (plan, actions) = self.scheduler.plan(now: self.now)
        for (id, miss) in self.scheduler.takeMisses() { self.misses[id] = miss }
        self.take(actions)
        guard let plan else { return nil }
        self.plans.append(plan)
        let outcome = self.perform(plan)
        self.now += .milliseconds(1)
        self.take(self.scheduler.commit(outcome, now: self.now))
        self.checkLengths()
        return plan
    }

    /// Steps, where there must be something to do.
    mutating func next() throws -> StepPlan {
        let plan = self.step()
        return try #require(plan)
    }

    mutating func expectNothingToDo(sourceLocation: SourceLocation = #_sourceLocation) {
        let plan = self.step()
        #expect(plan == nil, sourceLocation: sourceLocation)
    }

    /// Steps until there is nothing to do.
    mutating func run(atMost limit: Int = 5_000) {
        for _ in 0..<limit where self.step() == nil { return }
        Issue.record("no end after \(limit) steps: \(self.scheduler.runningCount) run and \(self.scheduler.waitingCount) wait")
    }

    /// Steps until something is so.
    mutating func step(until isDone: (SchedulerHarness) -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        for _ in 0..<1_000 {
            if isDone(self) { return }
            self.step()
        }
        Issue.record("it did not come to that in 1,000 steps", sourceLocation: sourceLocation)
    }

    mutating func steps(_ count: Int) {
        for _ in 0..<count { self.step() }
    }

    private mutating func perform(_ plan: StepPlan) -> StepOutcome {
        #expect(plan.shape == self.shape.fitting(self.limits))
        PlanCheck(plan: plan, limits: self.limits, requests: self.requests, ended: self.endings).check()
        let target = plan.memory.lazy.compactMap { if case .resize(let geometry, _) = $0 { geometry } else { nil } }.first
        if let target, !self.cache.isFree(after: plan.memory) {
            #expect(
                self.preparation.map { $0.geometry == target && $0.stepsLeft < 0 } ?? false,
                "the steps stop until there is a cache of \(target)"
            )
        }
        let isPrepared = target != nil && self.preparation?.geometry == target
        if let target, !isPrepared, self.failingResizes > 0 || target.cells > self.memory {
            self.failingResizes = max(0, self.failingResizes - 1)
            self.failedResizes += 1
            // What stands before the resize may have been done by then, or not.
            if self.failedResizes.isMultiple(of: 2) {
                for op in plan.memory.prefix(while: { if case .resize = $0 { false } else { true } }) { self.cache.apply(op) }
            }
            return StepOutcome(resizeFault: RequestFault(.outOfMemory, "\(target.cells) cells do not fit", underlying: target.cells))
        }
        var outcome = StepOutcome(preparation: self.prepare(plan.preparing))
        for op in plan.memory {
            switch op {
            case .park(let slot, let id, _) where self.losesParked:
                self.cache.leave(slot)
                outcome.unparked.insert(id)
            case .copy(_, let slot, _) where self.losesCopies:
                self.cache.apply(.clear(slot))
                outcome.unserved.formUnion(plan.prefill.filter { $0.slot == slot }.map(\.request))
            case .save(_, let id), .park(_, let id, _):
                self.cache.apply(op)
                outcome.parkedSizes[id] = self.parkedSize
            default:
                self.cache.apply(op)
            }
        }
        for row in plan.decode where self.isComputed(row.request, into: &outcome) {
            let kernel: UInt64 = plan.shape.blocks.sharesAnswers ? 3 : 1
            let value = self.cache.compute(CollectionOfOne(row.token), at: row.position, in: row.slot, for: row.request) { _ in kernel }
            self.sample(row.request, value, into: &outcome)
        }
        for chunk in plan.prefill where !outcome.unserved.contains(chunk.request) && self.isComputed(chunk.request, into: &outcome) {
            if !chunk.targets.isEmpty {
                outcome.scores[chunk.request] = chunk.targets.map { TokenLogprob(token: $0, bytes: [], logprob: -1) }
            }
            let value = self.cache.compute(chunk.tokens, at: chunk.position, in: chunk.slot, for: chunk.request) {
                Self.kernel(of: $0, in: chunk, plan.shape.blocks)
            }
            if chunk.isLast { self.sample(chunk.request, value, into: &outcome) }
        }
        if !plan.decode.isEmpty { outcome.decodeTime = .milliseconds(1) }
        if !plan.prefill.isEmpty { outcome.prefillTime = .milliseconds(1) }
        return outcome
    }

    /// What tells the rows of a chunk apart that are not computed alike: with finer blocks, those that are no whole cut, and all of a chunk that is
    /// too small.
    private static func kernel(of row: Int, in chunk: StepPlan.PrefillChunk, _ blocks: PrefillBlocks) -> UInt64 {
        guard blocks.sharesLast else { return chunk.isLast ? 2 : 3 }
        let whole = chunk.tokens.count / blocks.cut * blocks.cut
        return chunk.tokens.count >= blocks.least && row < whole ? 3 : 2
    }

    private mutating func prepare(_ geometry: CacheGeometry?) -> StepOutcome.Preparation? {
        guard let geometry else {
            self.preparation = nil
            return nil
        }
        if self.preparation?.geometry != geometry { self.preparation = (geometry, self.preparationSteps) }
        if self.failingResizes > 0 || geometry.cells > self.memory {
            self.preparation = nil
            self.failingResizes = max(0, self.failingResizes - 1)
            self.failedResizes += 1
            return .failed(geometry, RequestFault(.outOfMemory, "\(geometry.cells) cells do not fit", underlying: geometry.cells))
        }
        self.preparation?.stepsLeft -= 1
        return self.preparation.map { $0.stepsLeft < 0 } ?? false ? .ready(geometry) : nil
    }

    private mutating func isComputed(_ id: RequestID, into outcome: inout StepOutcome) -> Bool {
        if let fault = self.faults.removeValue(forKey: id) { outcome.faults[id] = fault }
        return outcome.faults[id] == nil
    }

    private mutating func sample(_ id: RequestID, _ value: UInt64, into outcome: inout StepOutcome) {
        var sample = self.model.sample(for: id, index: self.generated[id, default: 0], value: value)
        if Self.tellsLogprobs(id) { sample.logprob = TokenLogprob(token: sample.token, bytes: sample.piece, logprob: -1) }
        outcome.samples.append(sample)
        self.generated[id, default: 0] += 1
    }

    /// Every other request asks how likely its tokens were.
    private static func tellsLogprobs(_ id: RequestID) -> Bool { !id.rawValue.isMultiple(of: 2) }

    // MARK: What comes out

    private mutating func take(_ actions: [EngineAction]) {
        for action in actions {
            let id = action.request
            #expect(self.endings[id] == nil, "\(id) has ended, and then: \(action)")
            switch action {
            case .emit(_, let text, let tokens, let logprobs):
                #expect(!text.isEmpty, "\(id) emits nothing")
                #expect(logprobs.map(\.token) == (Self.tellsLogprobs(id) ? tokens : []))
                self.texts[id, default: ""] += text
                self.tokens[id, default: []] += tokens
            case .scored(_, let logprobs):
                #expect(self.scores[id] == nil && self.texts[id] == nil, "\(id) is scored late, or twice")
                #expect(logprobs.map(\.token) == self.requests[id].map { Array($0.prompt.dropFirst()) })
                self.scores[id] = logprobs
            case .finish(_, let reason, let usage, let timings):
                self.end(id, .finished(reason, usage, timings))
            case .fail(_, let fault, let usage, let timings):
                self.end(id, .failed(fault, usage, timings))
            }
        }
    }

    private mutating func end(_ id: RequestID, _ ending: Ending) {
        self.endings[id] = ending
        self.ended.append(id.rawValue)
        self.cache.end(id)
    }

    /// The ledger and the cache agree on every slot that is in use.
    private func checkLengths() {
        let busy = self.scheduler.busyLengths
        #expect(busy.count == self.scheduler.runningCount)
        #expect(self.scheduler.runningCount <= self.limits.parallel)
        for (slot, length) in busy where self.scheduler.geometry == self.cache.geometry {
            #expect(self.cache.length(of: slot) == length, "\(slot)")
        }
        #expect(self.scheduler.geometry == self.cache.geometry)
    }
}

extension SchedulerHarness {
    func text(_ id: UInt64) -> String { self.texts[RequestID(id), default: ""] }
    func ending(_ id: UInt64) -> Ending? { self.endings[RequestID(id)] }
    func reason(_ id: UInt64) -> FinishReason? { self.ending(id)?.reason }
    func usage(_ id: UInt64) -> Usage? { self.ending(id)?.usage }
    func timings(_ id: UInt64) -> Timings? { self.ending(id)?.timings }
    func slot(_ id: UInt64) -> SlotID? { self.cache.slot(of: RequestID(id)) }

    /// Gives a request an answer, a token for each piece.
    mutating func answer(_ id: UInt64, _ pieces: String...) {
        self.model.answers[RequestID(id)] = pieces.map { Array($0.utf8) }
    }

    /// The prefill chunks that a request got: first position and number of rows of each.
    func chunks(of id: UInt64) -> [[Int]] {
        self.plans.flatMap(\.prefill).filter { $0.request == RequestID(id) }.map { [$0.position, $0.tokens.count] }
    }
}
