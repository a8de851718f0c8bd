import InferenceCore

/// Carries plans out in no time and says how long a machine would have taken.
struct SimulatedMachine: Sendable {
    private let profile: MachineProfile
    private var random: SplitMix64
    /// Tokens that each request's answer still has before the model ends it.
    private var answers: [RequestID: Int] = [:]
    /// Tokens in each slot: what moves when the cache is given another shape.
    private var lengths: [SlotID: Int] = [:]
    /// Slots that a larger cache has not taken over yet.
    private var toMove: [SlotID] = []
    private var preparation: (geometry: CacheGeometry, ready: Duration)?
    private(set) var work = SimulationReport.Work()

    init(_ profile: MachineProfile, seed: UInt64) {
        self.profile = profile
        self.random = SplitMix64(seed: seed)
    }

    mutating func begin(_ request: RequestID, answerTokens: Int) {
        self.answers[request] = answerTokens
    }

    mutating func end(_ request: RequestID) {
        self.answers[request] = nil
    }

    /// - Parameter now: When the step begins.
    /// - Returns: What came of it, and when it ends.
    mutating func perform(_ plan: StepPlan, now: Duration) -> (outcome: StepOutcome, end: Duration) {
        var outcome = StepOutcome()
        self.work.steps += 1
        // However a profile looks, time goes on.
        var seconds = max(1e-6, self.profile.step) + self.apply(plan.memory)
        seconds += self.move(plan.prefill.map(\.slot), for: self.profile.moveTime)
        if !plan.decode.isEmpty {
            let runs = plan.decodeRuns.reduce(0) { $0 + self.profile.secondsToDecode(depths: $1.map(\.position)) }
            let time = runs * self.disturbance()
            outcome.decodeTime = .seconds(time)
            seconds += time
            for row in plan.decode {
                self.lengths[row.slot] = row.position + 1
                outcome.samples.append(self.sample(row.request))
            }
        }
        if !plan.prefill.isEmpty {
            let time =
                plan.prefill.reduce(0) { $0 + self.profile.secondsToPrefill($1.tokens.count, after: $1.position) } * self.disturbance()
            outcome.prefillTime = .seconds(time)
            seconds += time
            for chunk in plan.prefill {
                self.lengths[chunk.slot] = chunk.position + chunk.tokens.count
                self.work.computedPromptTokens += chunk.tokens.count
                if chunk.isLast { outcome.samples.append(self.sample(chunk.request)) }
            }
        }
        self.work.busy += seconds
        let end = self.prepare(plan, now: now, end: now + .seconds(seconds))
        if let preparation, preparation.ready <= end { outcome.preparation = .ready(preparation.geometry) }
        return (outcome, end)
    }

    private mutating func prepare(_ plan: StepPlan, now: Duration, end: Duration) -> Duration {
        guard let geometry = plan.preparing else {
            self.preparation = nil
            return end
        }
        if self.preparation?.geometry != geometry {
            self.preparation = (geometry, now + .seconds(Double(geometry.cells) * self.profile.makeCell))
        }
        // A step without anything else waits for it.
        return plan.hasRows ? end : max(end, self.preparation?.ready ?? end)
    }

    /// - Returns: How long it takes, in seconds.
    private mutating func apply(_ ops: [MemoryOp]) -> Double {
        ops.reduce(0) { $0 + self.apply($1) }
    }

    private mutating func apply(_ op: MemoryOp) -> Double {
        switch op {
        case .resize(let geometry, let kept):
            self.work.resizes += 1
            self.work.peakCells = max(self.work.peakCells, geometry.cells)
            self.lengths = self.lengths.filter { kept.contains($0.key) }
            let moved = self.move(self.toMove, for: 0)
            self.toMove = self.lengths.keys.sorted()
            return moved + (self.preparation?.geometry == geometry ? 0 : Double(geometry.cells) * self.profile.makeCell)
        case .removeTail(let slot, let start):
            self.lengths[slot] = start
            return 0
        case .clear(let slot):
            self.lengths[slot] = nil
            return 0
        case .discard(let slot, _, let count):
            self.lengths[slot, default: count] -= count
            return 0
        case .copy(.slot, let slot, let count):
            self.work.copies += 1
            self.lengths[slot] = count
            return Double(count) * self.profile.copyToken
        case .copy(.kept, let slot, let count):
            self.work.restores += 1
            self.lengths[slot] = count
            return Double(count) * self.profile.restoreToken
        case .park(_, _, let count):
            self.work.parks += 1
            return Double(count) * self.profile.parkToken
        case .save(let slot, _):
            self.work.parks += 1
            return Double(self.lengths[slot] ?? 0) * self.profile.parkToken
        case .drop:
            return 0
        }
    }

    /// Moves what a step needs, then others as long as that may take.
    ///
    /// - Returns: How long it takes, in seconds.
    private mutating func move(_ needed: [SlotID], for time: Double) -> Double {
        guard !self.toMove.isEmpty else { return 0 }
        var seconds = 0.0
        self.toMove = self.toMove.filter { needed.contains($0) } + self.toMove.filter { !needed.contains($0) }
        while let slot = self.toMove.first, needed.contains(slot) || seconds < time {
            seconds += Double(self.lengths[slot] ?? 0) * (self.profile.parkToken + self.profile.restoreToken)
            self.toMove.removeFirst()
        }
        return seconds
    }

    private mutating func sample(_ request: RequestID) -> StepOutcome.Sample {
        let left = self.answers[request] ?? 0
        self.answers[request] = left - 1
        return .init(
            request: request,
            token: Token(rawValue: Int32(left % 1_000)),
            piece: left > 0 ? [0x61] : [],
            isEndOfGeneration: left <= 0
        )
    }

    private mutating func disturbance() -> Double {
        self.profile.jitter == 0 ? 1 : 1 + self.profile.jitter * Double.random(in: -1...1, using: &self.random)
    }
}
