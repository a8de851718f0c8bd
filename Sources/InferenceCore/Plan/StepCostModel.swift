/// Predicts how long a step takes from what is in it, learnt from the steps that were run.
///
/// A decode batch costs something once, something for each row, and something for each cached token that its rows look at. A prefill chunk
/// costs something once, something for each token, and something for each pair of a token and a cached one before it. No figure of a machine or
/// a model stands here: a GPU's large fixed part and a CPU's large part per token are both learnt within a few steps.
public struct StepCostModel: Sendable {
    private var decode = RunningFit(pull: SIMD3(1e-3, 1e-2, 1e-2))
    // Before chunks of several sizes were seen, their time is taken to grow with their size: larger ones are then tried with care.
    private var prefill = RunningFit(pull: SIMD3(1, 1e-3, 1e-2))

    private var secondsPerMovedToken: Double?

    /// The most rows of a decode batch: more are several batches, each of which costs its fixed part.
    public var decodeBatch = Int.max

    public init() {}

    public mutating func learn(_ outcome: StepOutcome, from plan: StepPlan) {
        if let time = outcome.decodeTime, !plan.decode.isEmpty {
            self.decode.learn(self.features(plan.decode.map(\.position), inBatchesOf: plan.shape.decodeBatch), time.seconds)
        }
        if let time = outcome.prefillTime, !plan.prefill.isEmpty {
            let features = plan.prefill.reduce(SIMD3<Double>.zero) { $0 + Self.features(tokens: $1.tokens.count, after: $1.position) }
            self.prefill.learn(features, time.seconds)
        }
        // Another shape of the cache takes its own time, and a few tokens tell little.
        if let time = outcome.memoryTime, plan.movedTokens >= 64, !plan.resizes {
            let measured = time.seconds / Double(plan.movedTokens)
            self.secondsPerMovedToken = self.secondsPerMovedToken.map { $0 + (min(measured, $0 * 3) - $0) / 4 } ?? measured
        }
    }

    /// Seconds for moving tokens between the cache and what is kept outside, or within the cache; nil as long as that was not measured.
    public func secondsToMove(_ tokens: Int) -> Double? {
        tokens == 0 ? 0 : self.secondsPerMovedToken.map { $0 * Double(tokens) }
    }

    /// Seconds for the decode rows of a step, or nil as long as none was measured.
    ///
    /// - Parameter depths: How many tokens each row's sequence holds.
    public func secondsToDecode(depths: [Int]) -> Double? {
        depths.isEmpty ? 0 : self.decode.predict(self.features(depths, inBatchesOf: self.decodeBatch))
    }

    /// Seconds for a chunk of a prompt, or nil as long as none was measured.
    ///
    /// - Parameter depth: How many tokens of the prompt come before it.
    public func secondsToPrefill(_ tokens: Int, after depth: Int) -> Double? {
        self.prefill.predict(Self.features(tokens: tokens, after: depth))
    }

    /// Seconds for the rest of a prompt with nobody else at work, or nil as long as no chunk was measured.
    func secondsToPrefill(_ count: Int, from start: Int, chunk: Int) -> Double? {
        var seconds = 0.0
        for position in stride(from: start, to: count, by: max(1, chunk)) {
            guard let own = self.secondsToPrefill(min(chunk, count - position), after: position) else { return nil }
            seconds += own
        }
        return seconds
    }

    private func features(_ depths: [Int], inBatchesOf size: Int) -> SIMD3<Double> {
        SIMD3(Double(depths.count.parts(ofAtMost: size)), Double(depths.count) / 4, Double(depths.reduce(0, +)) / 4_096)
    }

    private static func features(tokens: Int, after depth: Int) -> SIMD3<Double> {
        let blocks = Double(tokens) / Double(PrefillBlocks.size)
        return SIMD3(1, blocks, blocks * (Double(depth) + Double(tokens) / 2) / 1_024)
    }
}

extension Duration {
    var seconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) * 1e-18
    }
}
