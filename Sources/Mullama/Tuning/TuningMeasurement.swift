/// What is known of a candidate.
public struct TuningMeasurement: Sendable, Hashable, Codable {
    public var candidate: TuningCandidate
    /// Medians of the rounds.
    public var figures: TuningFigures
    /// How many times the speed of the defaults: medians of what each round gave against the defaults just before or after, since machines drift.
    public var ratios: TuningFigures
    public var rounds: Int
    /// In how many of them it was faster on the whole.
    public var wins: Int
    /// Bytes of cache and buffers for the measured shape.
    public var memory: Int
    /// Whether answers were equal to the bit alone and beside others, cut one way and another, computed and restored.
    public var keepsAnswers: Bool
    /// Whether the greedy answers are those of the defaults.
    public var sameAnswers: Bool

    public init(
        candidate: TuningCandidate,
        figures: TuningFigures,
        ratios: TuningFigures,
        rounds: Int,
        wins: Int,
        memory: Int,
        keepsAnswers: Bool,
        sameAnswers: Bool
    ) {
        self.candidate = candidate
        self.figures = figures
        self.ratios = ratios
        self.rounds = rounds
        self.wins = wins
        self.memory = memory
        self.keepsAnswers = keepsAnswers
        self.sameAnswers = sameAnswers
    }

    /// - Parameters:
    ///   - rounds: Each with those of the defaults just before or after it.
    /// - Returns: Nil if there are no rounds.
    init?(
        _ candidate: TuningCandidate,
        rounds: [(own: TuningFigures, defaults: TuningFigures)],
        memory: Int,
        keepsAnswers: Bool,
        sameAnswers: Bool
    ) {
        guard let figures = TuningFigures.medians(rounds.map(\.own)),
            let ratios = TuningFigures.medians(rounds.map { $0.own.ratios(to: $0.defaults) })
        else { return nil }
        self.init(
            candidate: candidate,
            figures: figures,
            ratios: ratios,
            rounds: rounds.count,
            wins: rounds.count { $0.own.ratios(to: $0.defaults).mean > 1 },
            memory: memory,
            keepsAnswers: keepsAnswers,
            sameAnswers: sameAnswers
        )
    }

    /// One number for all figures: the geometric mean of the ratios, each counted the same.
    public var speed: Double { self.ratios.mean }

    /// The ratio of the figure that comes off worst.
    public var worst: Double { self.ratios.all.min() ?? 0 }
}
