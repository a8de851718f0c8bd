import Foundation
import InferenceCore
import ModelStore

/// One calibration of one model: candidates in turn, round after round, until the time is over. Belongs to one thread.
struct Calibration {
    /// Each candidate is measured so often.
    private static let rounds = 3
    /// And the one that won, so often again.
    private static let finalRounds = 4
    /// Of the time, kept for the winner or the combination of what helps, and for what takes longer than thought.
    private static let reserve = 0.25

    private struct Entry {
        let candidate: TuningCandidate
        var rounds: [(own: TuningFigures, defaults: TuningFigures)] = []
        var answer: AnswerCheck.Answer?
    }

    let weights: ModelWeights
    let header: GGUFHeader
    let cacheType: CacheType
    let isRelaxed: Bool
    let timeLimit: Duration
    let abort: AbortSignal
    /// From 0 to 1.
    let onProgress: @Sendable (Double) -> Void

    private let clock = ContinuousClock()
    private let account: MemoryAccount
    private var entries: [Entry] = []
    /// By how the cache stores what it holds.
    private var depths: [String: SequenceSnapshot] = [:]
    private var spent = Duration.zero
    private var count = 0

    init(
        weights: ModelWeights,
        header: GGUFHeader,
        cacheType: CacheType,
        isRelaxed: Bool,
        timeLimit: Duration,
        abort: AbortSignal,
        onProgress: @escaping @Sendable (Double) -> Void
    ) {
        self.weights = weights
        self.header = header
        self.cacheType = cacheType
        self.isRelaxed = isRelaxed
        self.timeLimit = timeLimit
        self.abort = abort
        self.onProgress = onProgress
        self.account = MemoryAccount(CacheBudget(bytesPerToken: header.cacheBytesPerToken(cacheType), parallel: 1))
    }

    /// - Throws: ``MullamaError`` if there is no memory, or `CancellationError`.
    mutating func run(model: String) throws -> TuningReport {
        let start = self.clock.now
        let deadline = start + self.timeLimit
        let machine = MachineIdentity.current
        var candidates = TuningCandidate.all(self.cacheType, cores: machine.cores, showing: self.shownTypes)
        let defaults = candidates[0].settings
        let tokens = try self.tokens()
        let load = try self.workload(candidates, tokens)
        candidates.removeAll { !$0.differs(from: defaults, in: load) }
        let round = CandidateRound(load: load, tokens: tokens)
        let check = AnswerCheck(tokens: tokens, length: min(168, max(AnswerCheck.leastLength, load.prompt)))
        self.entries = candidates.map { Entry(candidate: $0) }
        let work = Double((candidates.count - 1) * Self.rounds)

        // Measured whatever it takes, since all others are told by them; not counted, since the first run of all is slower than any later one.
        let first = try self.figures(0, round)
        self.entries[0].answer = try check.answer(self.recipe(defaults))
        measuring: for number in 0..<Self.rounds {
            for index in self.entries.indices.dropFirst() {
                guard self.clock.now + self.pairTime < deadline else { break measuring }
                try self.measurePair(index, round, check)
                let done = Double(number * (candidates.count - 1) + index)
                self.onProgress(max(done / work, (self.clock.now - start) / self.timeLimit) * (1 - Self.reserve))
            }
        }
        if self.entries[0].rounds.isEmpty { self.entries[0].rounds.append((first, first)) }
        if let finalist = TuningChoice.finalist(of: self.measurements(load), isRelaxed: self.isRelaxed) {
            if !candidates.contains(finalist) { self.entries.append(Entry(candidate: finalist)) }
            let index = self.entries.firstIndex { $0.candidate == finalist } ?? 0
            for _ in 0..<Self.finalRounds where self.clock.now + self.pairTime < deadline {
                try self.measurePair(index, round, check)
            }
        }
        let measurements = self.measurements(load)
        guard let choice = TuningChoice(among: measurements, isRelaxed: self.isRelaxed) else {
            throw MullamaError(.engineFailed, "nothing could be measured: try again")
        }
        self.onProgress(1)
        let measured = Set(measurements.map(\.candidate.name))
        return TuningReport(
            model: model,
            processor: machine.processor,
            cores: machine.cores,
            llama: LlamaLibrary.version,
            workload: load,
            measurements: measurements,
            unmeasured: self.entries.map(\.candidate.name).filter { !measured.contains($0) },
            choice: choice,
            seconds: (self.clock.now - start) / .seconds(1),
            measured: Date().formatted(.iso8601)
        )
    }

    /// Measures a candidate beside the defaults, now the one first and now the other.
    private mutating func measurePair(_ index: Int, _ round: CandidateRound, _ check: AnswerCheck) throws {
        let isFirst = self.entries[index].rounds.count.isMultiple(of: 2)
        let before = isFirst ? nil : try self.figures(0, round)
        let own = try self.figures(index, round)
        let defaults = try before ?? self.figures(0, round)
        self.entries[index].rounds.append((own, defaults))
        self.entries[0].rounds.append((defaults, defaults))
        if self.entries[index].answer == nil {
            self.entries[index].answer = try check.answer(self.recipe(self.entries[index].candidate.settings))
        }
    }

    private mutating func figures(_ index: Int, _ round: CandidateRound) throws -> TuningFigures {
        let settings = self.entries[index].candidate.settings
        let storage = "\(settings.cacheType.rawValue) \(settings.flashAttention)"
        try self.claim(self.budget(settings).bytes(of: round.load.geometry))
        defer { self.account.settle(0) }
        let start = self.clock.now
        let figures = try round.figures(self.recipe(settings), deep: &self.depths[storage])
        self.spent += self.clock.now - start
        self.count += 1
        return figures
    }

    /// What a candidate and the defaults beside it are expected to take.
    private var pairTime: Duration { self.spent * 2 / max(1, self.count) }

    private func claim(_ bytes: Int) throws(MullamaError) {
        do {
            try self.account.claim(bytes)
        } catch {
            self.account.settle(0)
            throw MullamaError(.outOfMemory, "measuring would \(error.reason): close other models, or use a smaller one")
        }
    }

    private func measurements(_ load: TuningWorkload) -> [TuningMeasurement] {
        let expected = self.entries.first?.answer?.tokens
        return self.entries.compactMap { entry in
            TuningMeasurement(
                entry.candidate,
                rounds: entry.rounds,
                memory: self.budget(entry.candidate.settings).bytes(of: load.geometry),
                keepsAnswers: entry.answer?.isKept ?? false,
                sameAnswers: entry.answer?.tokens == expected
            )
        }
    }

    // MARK: What is measured with

    private func recipe(_ settings: EngineSettings) -> ContextRecipe {
        ContextRecipe(weights: self.weights, settings: settings, rows: settings.microBatch, abort: self.abort)
    }

    private func budget(_ settings: EngineSettings) -> CacheBudget {
        CacheBudget(
            bytesPerToken: self.header.cacheBytesPerToken(settings.cacheType),
            parallel: 1,
            compute: ComputeCost(self.header, settings)
        )
    }

    private var shownTypes: [CacheType] {
        (try? self.header.check(.q8_0)) == nil ? [] : [.q8_0]
    }

    /// The text again and again, so that there is enough of it.
    private func tokens() throws -> [Token] {
        let text = try Vocabulary(self.weights).tokenize(TuningText.english, addSpecial: true, parseSpecial: false)
        return Array(repeatElement(text, count: 2).joined())
    }

    /// Finds out roughly how fast the model is, and from that how much a round may hold.
    private func workload(_ candidates: [TuningCandidate], _ tokens: [Token]) throws -> TuningWorkload {
        let settings = EngineSettings.standard(self.cacheType)
        var context = try BareContext(self.recipe(settings), CacheGeometry(slots: 1, cellsPerSlot: 256))
        // The best of some tries: the first reads the weights from the disk, and any may be disturbed.
        var (prefill, decode) = (Duration.seconds(86_400), Duration.seconds(86_400))
        for _ in 0..<3 {
            context.clear(SlotID(0))
            let tokenTime = try self.clock.measure { try context.prefill(tokens[..<48], at: 0, in: SlotID(0)) }
            let stepTime = try self.clock.measure {
                for step in 0..<3 { try context.step([(tokens[step], 48 + step, SlotID(0))]) }
            }
            (prefill, decode) = (min(prefill, tokenTime), min(decode, stepTime))
        }
        let available = MemoryLedger.shared.left() ?? .max
        let seconds = self.timeLimit / .seconds(1) * (1 - Self.reserve) / Double(2 * candidates.count * Self.rounds)
        // Settings whose buffers are the largest must fit.
        let largest = candidates.map { self.budget($0.settings) }
        return TuningWorkload.fitting(
            seconds: seconds,
            prefill: 48 / max(prefill / .seconds(1), 1e-9),
            decode: 3 / max(decode / .seconds(1), 1e-9),
            largestDepth: self.header.contextSize(nil)
        ) { geometry in largest.allSatisfy { $0.bytes(of: geometry) < available / 2 } }
    }
}
