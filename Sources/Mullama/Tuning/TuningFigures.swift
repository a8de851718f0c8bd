import Foundation

/// What one round has measured, in tokens per second.
public struct TuningFigures: Sendable, Hashable, Codable {
    /// A prompt from its start.
    public var prefill: Double
    /// A prompt behind many tokens.
    public var deepPrefill: Double
    /// One stream behind a short prompt.
    public var decode: Double
    /// Several streams behind short prompts, all together.
    public var streams: Double
    /// One stream behind many tokens.
    public var deepDecode: Double

    public init(prefill: Double, deepPrefill: Double, decode: Double, streams: Double, deepDecode: Double) {
        self.prefill = prefill
        self.deepPrefill = deepPrefill
        self.decode = decode
        self.streams = streams
        self.deepDecode = deepDecode
    }

    var all: [Double] { [self.prefill, self.deepPrefill, self.decode, self.streams, self.deepDecode] }

    /// The geometric mean; 0 if one of them is.
    var mean: Double {
        guard self.all.allSatisfy({ $0 > 0 }) else { return 0 }
        return exp(self.all.map { log($0) }.reduce(0, +) / Double(self.all.count))
    }

    private init(_ all: [Double]) {
        self.init(prefill: all[0], deepPrefill: all[1], decode: all[2], streams: all[3], deepDecode: all[4])
    }

    /// How many times the speed of others.
    func ratios(to others: TuningFigures) -> TuningFigures {
        TuningFigures(zip(self.all, others.all).map { $1 > 0 ? $0 / $1 : 0 })
    }

    /// The median of each figure; nil if there are none.
    static func medians(_ rounds: [TuningFigures]) -> TuningFigures? {
        guard !rounds.isEmpty else { return nil }
        return TuningFigures((0..<5).map { index in Self.median(rounds.map { $0.all[index] }) })
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
