import Mullama

/// What came of one prompt, broken off or not.
struct Answer: Sendable {
    /// What is known of an answer that came to its end.
    struct Measures: Sendable {
        let usage: Usage
        let timings: Timings

        /// Tokens per second after the first; nil where there was none.
        func decodeRate(_ reason: FinishReason) -> Double? {
            // The time of decoding runs from the first token to the last, which is not counted in `completionTokens` if it only says "end".
            let steps = reason == .stop ? self.usage.completionTokens : self.usage.completionTokens - 1
            guard steps > 0, self.timings.decode > .zero else { return nil }
            return Double(steps) / self.timings.decode.inSeconds
        }

        /// Tokens of the prompt computed per second; nil where all were known already.
        var prefillRate: Double? {
            let computed = self.usage.promptTokens - self.usage.cachedTokens
            guard computed > 0, self.timings.prefill > .zero else { return nil }
            return Double(computed) / self.timings.prefill.inSeconds
        }
    }

    var text = ""
    var finishReason = FinishReason.stop
    let seed: UInt64
    var measures: Measures?
    /// Who gave it; nil where that is known otherwise, or not yet.
    var model: String?
    /// How long it waited for the model to be loaded.
    var loadTime: Duration?
}
