/// Predicts how long prefill takes, learnt from the steps that were run, so that chunks can be cut to fit a time.
///
/// An exponentially weighted mean of the time per prompt token and per decode batch: enough to follow a machine and a growing context.
public struct StepCostModel: Sendable {
    private static let weight = 0.2

    private(set) var secondsPerPrefillToken: Double?
    private(set) var secondsPerDecodeBatch: Double?

    public init() {}

    public mutating func learn(_ outcome: StepOutcome, from plan: StepPlan) {
        if let time = outcome.prefillTime, plan.prefillTokens > 0 {
            self.secondsPerPrefillToken = Self.mean(self.secondsPerPrefillToken, time.seconds / Double(plan.prefillTokens))
        }
        if let time = outcome.decodeTime {
            self.secondsPerDecodeBatch = Self.mean(self.secondsPerDecodeBatch, time.seconds)
        }
    }

    /// How many prompt tokens fit into `time` beside a decode batch (if there is one), or nil as long as nothing was measured.
    public func prefillTokens(within time: Duration, besideDecode: Bool) -> Int? {
        guard let perToken = self.secondsPerPrefillToken, perToken > 0 else { return nil }
        let left = time.seconds - (besideDecode ? self.secondsPerDecodeBatch ?? 0 : 0)
        return Int(max(0, min(left / perToken, 1e9)))
    }

    private static func mean(_ old: Double?, _ new: Double) -> Double {
        guard let old else { return new }
        return old + Self.weight * (new - old)
    }
}

extension Duration {
    var seconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) * 1e-18
    }
}
