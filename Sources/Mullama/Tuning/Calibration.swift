import Foundation
import InferenceCore
import ModelStore

/// One calibration of one model: candidates in turn, round after round, until the time is over. Belongs to one thread.
struct Calibration {
    /// Each candidate is measured so often.
    private static let rounds = 3
    /// Of the time, kept for the combination of what helps, and for what takes longer than thought.
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
    private var slowest = Duration.zero

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
        var candidates = TuningCandidate.all(self.cacheType, cores: machine.cores, showing: try self.shownTypes)
        // More rows than a context holds are never computed.
        candidates.removeAll { $0.settings.microBatch > self.header.contextSize(nil) }
        let tokens = try self.tokens()
        let load = try self.workload(candidates, tokens)
        let round = CandidateRound(load: load, tokens: tokens)
        let check = AnswerCheck(tokens: tokens, length: min(168, max(AnswerCheck.leastLength, load.prompt)))
        self.entries = candidates.map { Entry(candidate: $0) }
        let work = Double(candidates.count * Self.rounds)

        measuring: for number in 0..<Self.rounds {
            var defaults: TuningFigures?
            for index in self.entries.indices {
                // The defaults are measured whatever it takes: all others are told by them.
                guard number == 0 && index == 0 || self.clock.now + self.slowest < deadline else { break measuring }
                defaults = try self.measure(index, round, defaults)
                if self.entries[index].answer == nil {
                    self.entries[index].answer = try check.answer(self.recipe(candidates[index].settings))
                }
                let done = Double(number * candidates.count + index + 1)
                self.onProgress(max(done / work, (self.clock.now - start) / self.timeLimit) * (1 - Self.reserve))
            }
        }
        var measurements = self.measurements(load)
        if let combination = TuningChoice.combination(of: measurements, isRelaxed: self.isRelaxed) {
            self.entries.append(Entry(candidate: combination))
            let last = self.entries.count - 1
            while self.entries[last].rounds.count < Self.rounds, self.clock.now + self.slowest * 2 < deadline {
                let defaults = try self.measure(0, round, nil)
                _ = try self.measure(last, round, defaults)
                if self.entries[last].answer == nil { self.entries[last].answer = try check.answer(self.recipe(combination.settings)) }
            }
            measurements = self.measurements(load)
        }
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

    /// - Parameter defaults: What the defaults gave in this round; nil if these are the defaults.
    /// - Returns: What the defaults gave in this round.
    private mutating func measure(_ index: Int, _ round: CandidateRound, _ defaults: TuningFigures?) throws -> TuningFigures {
        let settings = self.entries[index].candidate.settings
        let storage = "\(settings.cacheType.rawValue) \(settings.flashAttention)"
        try self.claim(self.budget(settings).bytes(of: round.load.geometry))
        defer { self.account.settle(0) }
        let start = self.clock.now
        let figures = try round.figures(self.recipe(settings), deep: &self.depths[storage])
        self.slowest = max(self.slowest, self.clock.now - start)
        self.entries[index].rounds.append((figures, defaults ?? figures))
        return defaults ?? figures
    }

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
        get throws {
            do {
                try self.header.check(.q8_0)
                return [.q8_0]
            } catch {
                return []
            }
        }
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
        try context.prefill(tokens[..<16], at: 0, in: SlotID(0))
        let prefill = try self.clock.measure { try context.prefill(tokens[16..<64], at: 16, in: SlotID(0)) }
        let decode = try self.clock.measure {
            for step in 0..<3 { try context.step([(tokens[step], 64 + step, SlotID(0))]) }
        }
        let available = MemoryLedger.shared.left() ?? .max
        let seconds = self.timeLimit / .seconds(1) * (1 - Self.reserve) / Double(candidates.count * Self.rounds)
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
