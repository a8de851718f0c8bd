import Foundation

/// Which candidate to take, and why.
public struct TuningChoice: Sendable, Hashable, Codable {
    /// How much faster than the defaults a candidate must be. Less may be chance, and defaults that many use are better known.
    static let leastGain = 1.05
    /// How much slower than with the defaults no figure may be, however fast the others are.
    static let leastRatio = 0.95
    /// One round may be anything's doing.
    static let leastRounds = 2
    /// Of so many rounds one may be lost: on a machine that others use too, any can be disturbed.
    static let roundsForALoss = 4

    public var settings: EngineSettings
    /// The name of the candidate.
    public var name: String
    /// One sentence.
    public var reason: String
    /// Whether answers do not depend on what else runs.
    public var keepsAnswers: Bool

    /// Chooses among measurements.
    ///
    /// - Parameters:
    ///   - measurements: The defaults first.
    ///   - isRelaxed: Whether answers may come to depend on what else runs.
    /// - Returns: Nil if nothing was measured.
    public init?(among measurements: [TuningMeasurement], isRelaxed: Bool = false) {
        guard let defaults = measurements.first else { return nil }
        let faster = measurements.dropFirst().filter(Self.isFaster).sorted { $0.speed > $1.speed }
        let allowed = faster.filter { isRelaxed || Self.keepsAnswers($0) }
        let best = allowed.first ?? defaults
        self.settings = best.candidate.settings
        self.name = best.candidate.name
        self.keepsAnswers = best.keepsAnswers
        self.reason = allowed.isEmpty ? Self.whyNone(measurements) : Self.why(best)
        // What strictness costs is said, also when it costs nothing that counts.
        if !isRelaxed, let passed = faster.first(where: { !Self.keepsAnswers($0) }), passed.speed > best.speed {
            self.reason +=
                "; \(passed.candidate.name) would be \(Self.percent(passed.speed)) faster and gives other answers or lets them depend on what "
                + "else runs: --reproducible relaxed allows it"
        }
    }

    /// The candidate to measure again before it is believed: the winner of many is partly the luckiest. Nil if the defaults won.
    static func finalist(of measurements: [TuningMeasurement], isRelaxed: Bool) -> TuningCandidate? {
        if let combination = self.combination(of: measurements, isRelaxed: isRelaxed) { return combination }
        let choice = Self(among: measurements, isRelaxed: isRelaxed)
        return measurements.dropFirst().first { $0.candidate.name == choice?.name }?.candidate
    }

    /// The settings that each help alone, together; nil if there are not two of them, or if that was measured.
    static func combination(of measurements: [TuningMeasurement], isRelaxed: Bool) -> TuningCandidate? {
        guard let defaults = measurements.first?.candidate.settings else { return nil }
        let helping = measurements.dropFirst().filter { self.isFaster($0) && (isRelaxed || self.keepsAnswers($0)) }
        var settings = defaults
        var names: [String] = []
        for measurement in helping.sorted(by: { $0.speed > $1.speed }) {
            let other = measurement.candidate.settings
            var isNew = false
            func take<T: Equatable>(_ keyPath: WritableKeyPath<EngineSettings, T>) {
                guard other[keyPath: keyPath] != defaults[keyPath: keyPath], settings[keyPath: keyPath] == defaults[keyPath: keyPath] else {
                    return
                }
                settings[keyPath: keyPath] = other[keyPath: keyPath]
                isNew = true
            }
            take(\.flashAttention)
            take(\.cacheLayout)
            take(\.microBatch)
            take(\.threads)
            if isNew { names.append(measurement.candidate.name) }
        }
        guard names.count > 1, !measurements.contains(where: { $0.candidate.settings == settings }) else { return nil }
        return TuningCandidate(names.joined(separator: " + "), settings)
    }

    private static func isFaster(_ measurement: TuningMeasurement) -> Bool {
        measurement.candidate.isChoosable && measurement.rounds >= Self.leastRounds && measurement.speed >= Self.leastGain
            && measurement.worst >= Self.leastRatio
            && (measurement.rounds - measurement.wins) * Self.roundsForALoss <= measurement.rounds
    }

    private static func keepsAnswers(_ measurement: TuningMeasurement) -> Bool {
        measurement.keepsAnswers && measurement.sameAnswers
    }

    private static func why(_ best: TuningMeasurement) -> String {
        let slowest = best.worst < 1 ? ", its slowest figure \(self.percent(1 / best.worst)) behind theirs" : ""
        return "\(best.candidate.name) is \(self.percent(best.speed)) faster than the defaults\(slowest)"
    }

    private static func whyNone(_ measurements: [TuningMeasurement]) -> String {
        let choosable = measurements.dropFirst().filter(\.candidate.isChoosable)
        let isShort = choosable.contains { $0.rounds < Self.leastRounds } || choosable.isEmpty
        let short = isShort ? "; not all could be measured twice: give more --time" : ""
        return "nothing is at least 5 % faster on the whole, and no more than 5 % slower anywhere\(short)"
    }

    private static func percent(_ ratio: Double) -> String {
        "\(Int(((ratio - 1) * 100).rounded())) %"
    }
}
