import ChatTemplates
import Mullama

/// What all answers to a request took together, as OpenAI's clients are told.
struct AnswerTotals: Sendable {
    private var totals = UsageTotals()
    private var timings = Timings()

    /// - Parameter prompt: Which of the request's prompts it was that the answer is for.
    mutating func add(_ usage: Usage, _ timings: Timings, prompt: Int) {
        self.totals.add(usage, prompt: prompt)
        self.timings.queued = max(self.timings.queued, timings.queued)
        self.timings.prefill = max(self.timings.prefill, timings.prefill)
        self.timings.decode = max(self.timings.decode, timings.decode)
    }

    /// In OpenAI's shape.
    var usage: TemplateValue {
        let usage = self.totals.usage
        return [
            "prompt_tokens": .integer(usage.promptTokens),
            "completion_tokens": .integer(usage.completionTokens),
            "total_tokens": .integer(usage.totalTokens),
            "prompt_tokens_details": ["cached_tokens": .integer(usage.cachedTokens)],
        ]
    }

    /// Where the time went, the longest of all answers for each part.
    ///
    /// - Parameter load: How long the request waited for its model.
    func timings(load: Duration) -> TemplateValue {
        [
            "load_ms": .double(load.milliseconds),
            "queue_ms": .double(self.timings.queued.milliseconds),
            "prefill_ms": .double(self.timings.prefill.milliseconds),
            "decode_ms": .double(self.timings.decode.milliseconds),
            "cached_tokens": .integer(self.totals.usage.cachedTokens),
        ]
    }
}
