import Testing

@testable import Mullama

@Suite("Choosing settings from measurements")
struct TuningChoiceTests {
    private static let defaults = EngineSettings(threads: 2)

    /// - Parameter ratios: Prompt, deep prompt, one stream, several, one deep.
    private func measurement(
        _ name: String,
        _ ratios: [Double] = [1, 1, 1, 1, 1],
        rounds: Int = 3,
        wins: Int? = nil,
        keeps: Bool = true,
        same: Bool = true,
        isChoosable: Bool = true,
        _ change: (inout EngineSettings) -> Void = { _ in }
    ) -> TuningMeasurement {
        var settings = Self.defaults
        change(&settings)
        let figures = TuningFigures(
            prefill: ratios[0],
            deepPrefill: ratios[1],
            decode: ratios[2],
            streams: ratios[3],
            deepDecode: ratios[4]
        )
        return TuningMeasurement(
            candidate: TuningCandidate(name, settings, isChoosable: isChoosable),
            figures: figures,
            ratios: figures,
            rounds: rounds,
            wins: wins ?? rounds,
            memory: 1,
            keepsAnswers: keeps,
            sameAnswers: same
        )
    }

    private func choice(_ others: TuningMeasurement..., isRelaxed: Bool = false) throws -> TuningChoice {
        try #require(TuningChoice(among: [self.measurement("defaults")] + others, isRelaxed: isRelaxed))
    }

    @Test("Nothing measured gives no choice, and nothing faster the defaults")
    func none() throws {
        #expect(TuningChoice(among: []) == nil)
        let choice = try self.choice(self.measurement("64 rows", [1.04, 1.04, 1.04, 1.04, 1.04]) { $0.microBatch = 64 })
        #expect(choice.settings == Self.defaults)
        #expect(choice.keepsAnswers)
        #expect(choice.reason == "nothing is at least 5 % faster on the whole, and no more than 5 % slower anywhere")
    }

    @Test("The fastest of those that keep every answer")
    func fastest() throws {
        let choice = try self.choice(
            self.measurement("64 rows", [1.1, 1.1, 1.1, 1.1, 1.1]) { $0.microBatch = 64 },
            self.measurement("128 rows", [1.2, 1.2, 1.2, 1.2, 1.2]) { $0.microBatch = 128 }
        )
        #expect(choice.name == "128 rows")
        #expect(choice.settings.microBatch == 128)
        #expect(choice.reason == "128 rows is 20 % faster than the defaults")
    }

    @Test("Nothing that is slow anywhere, however fast on the whole")
    func slowSomewhere() throws {
        let fast = self.measurement("1 thread", [2, 2, 2, 2, 0.9]) { $0.threads = 1 }
        #expect(try self.choice(fast).name == "defaults")
        let almost = self.measurement("1 thread", [2, 2, 2, 2, 0.96]) { $0.threads = 1 }
        #expect(try self.choice(almost).reason.contains("its slowest figure 4 % behind theirs"))
    }

    @Test(
        "What changes answers, or lets them depend on load, is chosen only when that is allowed, and is named otherwise",
        arguments: [(false, true), (true, false)]
    )
    func answers(_ keeps: Bool, _ same: Bool) throws {
        let flash = self.measurement("flash attention on", [1.5, 1.5, 1.5, 1.5, 1.5], keeps: keeps, same: same) { $0.flashAttention = true }
        let rows = self.measurement("64 rows", [1.1, 1.1, 1.1, 1.1, 1.1]) { $0.microBatch = 64 }
        let strict = try self.choice(flash, rows)
        #expect(strict.name == "64 rows")
        #expect(strict.keepsAnswers)
        #expect(strict.reason.contains("flash attention on would be 50 % faster"))
        #expect(strict.reason.contains("--reproducible relaxed"))
        let relaxed = try self.choice(flash, rows, isRelaxed: true)
        #expect(relaxed.name == "flash attention on")
        #expect(relaxed.keepsAnswers == keeps)
        #expect(!relaxed.reason.contains("relaxed"))
    }

    @Test("What is only shown is never chosen, what was measured once neither, and that is said")
    func untold() throws {
        let shown = self.measurement("q8_0 cache", [2, 2, 2, 2, 2], isChoosable: false) { $0.cacheType = .q8_0 }
        #expect(try self.choice(shown, isRelaxed: true).name == "defaults")
        let once = self.measurement("64 rows", [2, 2, 2, 2, 2], rounds: 1) { $0.microBatch = 64 }
        let choice = try self.choice(once)
        #expect(choice.name == "defaults")
        #expect(choice.reason.contains("give more --time"))
        #expect(try self.choice().reason.contains("give more --time"))
    }

    @Test(
        "What is faster in some rounds only is not believed",
        arguments: [(3, 2, false), (3, 3, true), (4, 3, true), (7, 6, true), (7, 5, false)]
    )
    func wins(_ rounds: Int, _ wins: Int, _ isChosen: Bool) throws {
        let rows = self.measurement("64 rows", [1.2, 1.2, 1.2, 1.2, 1.2], rounds: rounds, wins: wins) { $0.microBatch = 64 }
        #expect(try self.choice(rows).name == (isChosen ? "64 rows" : "defaults"))
    }

    @Test("The winner is measured again, or the combination; nobody if the defaults won")
    func finalist() {
        let defaults = self.measurement("defaults")
        let rows = self.measurement("64 rows", [1.2, 1.2, 1.2, 1.2, 1.2]) { $0.microBatch = 64 }
        let thread = self.measurement("1 thread", [1.1, 1.1, 1.1, 1.1, 1.1]) { $0.threads = 1 }
        #expect(TuningChoice.finalist(of: [defaults], isRelaxed: false) == nil)
        #expect(TuningChoice.finalist(of: [defaults, rows], isRelaxed: false) == rows.candidate)
        #expect(TuningChoice.finalist(of: [defaults, rows, thread], isRelaxed: false)?.name == "64 rows + 1 thread")
    }

    @Test("Rows beyond the longest prompt cannot be told apart")
    func rows() {
        let defaults = EngineSettings(threads: 1)
        func differs(_ rows: Int, prompt: Int) -> Bool {
            var load = TuningWorkload()
            load.prompt = prompt
            return TuningCandidate("", EngineSettings(microBatch: rows, threads: 1)).differs(from: defaults, in: load)
        }
        #expect(differs(64, prompt: 256) && differs(512, prompt: 512))
        #expect(!differs(512, prompt: 256) && !differs(128, prompt: 32))
        #expect(TuningCandidate("", EngineSettings(threads: 2)).differs(from: defaults, in: TuningWorkload()))
    }

    @Test("Figures that could not be measured count as slow")
    func zero() throws {
        let broken = self.measurement("64 rows", [2, 2, 0, 2, 2]) { $0.microBatch = 64 }
        #expect(broken.speed == 0)
        #expect(try self.choice(broken).name == "defaults")
    }

    // MARK: Combinations

    @Test("What helps alone is measured together, each setting from the fastest that changes it")
    func combination() throws {
        let measurements = [
            self.measurement("defaults"),
            self.measurement("64 rows", [1.1, 1.1, 1.1, 1.1, 1.1]) { $0.microBatch = 64 },
            self.measurement("128 rows", [1.2, 1.2, 1.2, 1.2, 1.2]) { $0.microBatch = 128 },
            self.measurement("1 thread", [1.3, 1.3, 1.3, 1.3, 1.3]) { $0.threads = 1 },
            self.measurement("unified cells", [1.3, 1.3, 1.3, 1.3, 1.3], keeps: false) { $0.cacheLayout = .unified },
        ]
        let strict = try #require(TuningChoice.combination(of: measurements, isRelaxed: false))
        #expect(strict.name == "1 thread + 128 rows")
        #expect(strict.settings == EngineSettings(microBatch: 128, threads: 1))
        let relaxed = try #require(TuningChoice.combination(of: measurements, isRelaxed: true))
        #expect(relaxed.settings == EngineSettings(cacheLayout: .unified, microBatch: 128, threads: 1))
        // Once it was measured, it is a candidate like the others.
        #expect(
            TuningChoice.combination(of: measurements + [self.measurement(strict.name) { $0 = strict.settings }], isRelaxed: false) == nil
        )
    }

    @Test("One that helps needs no combination")
    func single() {
        let measurements = [
            self.measurement("defaults"), self.measurement("64 rows", [1.1, 1.1, 1.1, 1.1, 1.1]) { $0.microBatch = 64 },
            self.measurement("128 rows", [1.2, 1.2, 1.2, 1.2, 1.2]) { $0.microBatch = 128 },
        ]
        #expect(TuningChoice.combination(of: measurements, isRelaxed: true) == nil)
        #expect(TuningChoice.combination(of: [], isRelaxed: true) == nil)
    }

    // MARK: Figures

    @Test("A machine that gets slower from round to round changes no ratio")
    func drift() throws {
        func figures(_ value: Double) -> TuningFigures {
            TuningFigures(prefill: value, deepPrefill: value, decode: value, streams: value, deepDecode: value)
        }
        let rounds = [(110.0, 100.0), (55, 50), (11, 10)].map { (own: figures($0), defaults: figures($1)) }
        let measurement = try #require(
            TuningMeasurement(TuningCandidate("a", Self.defaults), rounds: rounds, memory: 0, keepsAnswers: true, sameAnswers: true)
        )
        #expect(measurement.figures == figures(55))
        #expect(abs(measurement.speed - 1.1) < 1e-9)
        #expect(abs(measurement.worst - 1.1) < 1e-9)
        #expect(measurement.rounds == 3)
        #expect(measurement.wins == 3)
        #expect(TuningMeasurement(TuningCandidate("a", Self.defaults), rounds: [], memory: 0, keepsAnswers: true, sameAnswers: true) == nil)
    }

    @Test("An even number of rounds has the mean of the two in the middle as its median")
    func median() throws {
        let rounds = [1.0, 9, 3, 5].map { TuningFigures(prefill: $0, deepPrefill: 1, decode: 1, streams: 1, deepDecode: 1) }
        #expect(try #require(TuningFigures.medians(rounds)).prefill == 4)
    }

    // MARK: Candidates

    @Test("Candidates differ from the defaults in one thing, and a quantized cache has flash attention anyway")
    func candidates() {
        let all = TuningCandidate.all(.f16, cores: 8, showing: [.q8_0])
        #expect(all.map(\.name).count == Set(all.map(\.settings)).count)
        #expect(all.first?.settings == EngineSettings(threads: 8))
        #expect(all.contains { $0.settings.threads == 4 } && all.contains { $0.settings.threads == 7 })
        #expect(all.filter { !$0.isChoosable }.map(\.name) == ["q8_0 cache"])
        #expect(TuningCandidate.all(.f16, cores: 1).allSatisfy { $0.settings.threads == 1 })
        #expect(!TuningCandidate.all(.q8_0, cores: 2).contains { $0.name.contains("flash") })
        #expect(TuningCandidate.all(.q8_0, cores: 2).allSatisfy { $0.settings.flashAttention })
    }

    @Test("A slow model is measured with less, and a large one with fewer streams")
    func workload() {
        func load(_ seconds: Double, _ prefill: Double, memory: Int = .max) -> TuningWorkload {
            TuningWorkload.fitting(seconds: seconds, prefill: prefill, decode: prefill / 3, largestDepth: 4_096) { $0.cells <= memory }
        }
        #expect(load(4, 300) == TuningWorkload())
        #expect(load(4, 5_000).prompt == 1_024)
        let slow = load(4, 5)
        #expect(slow.prompt == 32 && slow.depth == 128 && slow.steps == 6)
        let large = load(4, 300, memory: 2_000)
        #expect(large.geometry.cells <= 2_000)
        #expect(large.streams >= 2)
        let short = TuningWorkload.fitting(seconds: 4, prefill: 300, decode: 100, largestDepth: 512) { _ in true }
        #expect(short.depth + short.deepPrompt + 2 * short.steps <= 512)
    }
}
