/// Predicts how long a step takes from what is in it, learnt from the steps that were run.
///
/// A decode batch costs something once, something for each row, and something for each cached token that its rows look at: all of them look as far
/// as the deepest. A prefill chunk
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
            self.decode.learn(Self.features(plan.decodeRuns.map { $0.map(\.position) }), time.seconds)
        }
        // What it takes to score a prompt is not what a prompt takes.
        if let time = outcome.prefillTime, !plan.prefill.isEmpty, plan.prefill.allSatisfy(\.targets.isEmpty) {
            let features = plan.prefill.reduce(SIMD3<Double>.zero) { $0 + Self.features(tokens: $1.tokens.count, after: $1.position) }
            self.prefill.learn(features, time.seconds)
        }
        // Another shape of the cache takes its own time, and a few tokens tell little.
        if let time = outcome.memoryTime, plan.movedTokens >= 64, !plan.resizes {
            let measured = time.seconds / Double(plan.movedTokens)
            self.secondsPerMovedToken = self.secondsPerMovedToken.map { $0 + (min(measured, $0 * 3) - $0) / 4 } ?? measured
        }
    }

    /// Takes in what a chunk took that is not a part of a step.
    package mutating func learnPrefill(_ tokens: Int, after depth: Int, took time: Duration) {
        self.prefill.learn(Self.features(tokens: tokens, after: depth), time.seconds)
    }

    /// Seconds for moving tokens between the cache and what is kept outside, or within the cache; nil as long as that was not measured.
    public func secondsToMove(_ tokens: Int) -> Double? {
        tokens == 0 ? 0 : self.secondsPerMovedToken.map { $0 * Double(tokens) }
    }

    /// Seconds for the decode rows of a step, or nil as long as none was measured.
    ///
    /// - Parameter depths: How many tokens each row's sequence holds.
    public func secondsToDecode(depths: [Int]) -> Double? {
        depths.isEmpty ? 0 : self.decode.predict(Self.features(depths.split(into: self.batches(of: depths))))
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

    /// The sizes of the batches in which decode rows, in their order, are computed soonest: a deep row beside shallow ones makes all of them pay for
    /// its depth, and each batch more costs its fixed part. None for a single batch.
    func batches(of depths: [Int]) -> [Int] {
        guard let deepest = depths.max(), let shallowest = depths.min() else { return [] }
        let (once, perDepth) = self.decode.coefficients.map { ($0.x, $0.z / 4_096) } ?? (1, 0)
        let most = Double(depths.count * (deepest - shallowest)) * perDepth
        if depths.count <= self.decodeBatch, most <= once { return [] }
        // What the first so many rows cost at best, and the size of the last batch then.
        var best = [(cost: 0.0, last: 0)]
        for end in 1...depths.count {
            var choice = (cost: Double.infinity, last: 1)
            var depth = 0
            for size in 1...min(end, self.decodeBatch) {
                depth = max(depth, depths[end - size])
                let cost = best[end - size].cost + once + perDepth * Double(size * depth)
                if cost < choice.cost { choice = (cost, size) }
            }
            best.append(choice)
        }
        var sizes: [Int] = []
        var end = depths.count
        while end > 0 {
            sizes.append(best[end].last)
            end -= best[end].last
        }
        return sizes.count > 1 ? sizes.reversed() : []
    }

    private static func features(_ batches: [[Int]]) -> SIMD3<Double> {
        batches.reduce(SIMD3<Double>.zero) { sum, depths in
            sum + SIMD3(1, Double(depths.count) / 4, Double(depths.count * (depths.max() ?? 0)) / 4_096)
        }
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
