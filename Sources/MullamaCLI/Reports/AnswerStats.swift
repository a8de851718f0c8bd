import Mullama

/// The figures that `--stats` prints.
enum AnswerStats {
    /// For one answer that came to its end.
    static func table(_ answer: Answer, _ measures: Answer.Measures, load: Duration? = nil) -> TextTable {
        let usage = measures.usage
        let cached = usage.cachedTokens > 0 ? " (\(Quantity.grouped(usage.cachedTokens)) cached)" : ""
        let loading = load.map { [["model load", Quantity.seconds($0)]] } ?? []
        return TextTable(
            rows: loading + [
                ["prompt", "\(Quantity.grouped(usage.promptTokens)) tokens\(cached)"],
                ["answer", "\(Quantity.grouped(usage.completionTokens)) tokens, ended by \(answer.finishReason.rawValue)"],
                ["time to first token", Quantity.seconds(measures.timings.timeToFirstToken)],
                ["prefill", self.rate(measures.prefillRate, measures.timings.prefill)],
                ["decode", self.rate(measures.decodeRate(answer.finishReason), measures.timings.decode)],
            ]
        )
    }

    /// For several answers that were computed side by side.
    ///
    /// - Parameter reproducibility: Whether they are what each would be alone.
    static func table(
        _ answers: [Answer],
        load: Duration,
        total: Duration,
        reproducibility: ReproducibilityStatus? = nil
    ) -> TextTable {
        let usages = answers.compactMap(\.measures?.usage)
        let completion = usages.reduce(0) { $0 + $1.completionTokens }
        let same = reproducibility.map { [["same as alone", "\($0.state.text): \($0.reason)"]] } ?? []
        return TextTable(
            rows: [
                ["model load", Quantity.seconds(load)],
                ["prompts", "\(Quantity.grouped(answers.count)), \(Quantity.grouped(usages.reduce(0) { $0 + $1.promptTokens })) tokens"],
                ["answers", "\(Quantity.grouped(completion)) tokens"],
                ["all together", self.rate(total > .zero ? Double(completion) / total.inSeconds : nil, total)],
            ] + same
        )
    }

    private static func rate(_ rate: Double?, _ duration: Duration) -> String {
        let rate = rate.map { "\(Quantity.fixed($0, 1)) tok/s, " } ?? ""
        return "\(rate)\(Quantity.seconds(duration))"
    }
}
