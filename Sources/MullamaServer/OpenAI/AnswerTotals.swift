import ChatTemplates
import Mullama

/// What all answers to a request took together.
struct AnswerTotals: Sendable {
    private var prompts: [Int: (tokens: Int, cached: Int)] = [:]
    private var completionTokens = 0
    private var timings = Timings()

    /// - Parameter prompt: Which of the request's prompts it was that the answer is for.
    mutating func add(_ usage: Usage, _ timings: Timings, prompt: Int) {
        // A prompt counts once, however many answers it has, and those after the first find what the first has computed.
        let cached = min(self.prompts[prompt]?.cached ?? usage.cachedTokens, usage.cachedTokens)
        self.prompts[prompt] = (usage.promptTokens, cached)
        self.completionTokens += usage.completionTokens
        self.timings.queued = max(self.timings.queued, timings.queued)
        self.timings.prefill = max(self.timings.prefill, timings.prefill)
        self.timings.decode = max(self.timings.decode, timings.decode)
    }

    private var promptTokens: Int { self.prompts.values.reduce(0) { $0 + $1.tokens } }
    private var cachedTokens: Int { self.prompts.values.reduce(0) { $0 + $1.cached } }

    /// In OpenAI's shape.
    var usage: TemplateValue {
        [
            "prompt_tokens": .integer(self.promptTokens),
            "completion_tokens": .integer(self.completionTokens),
            "total_tokens": .integer(self.promptTokens + self.completionTokens),
            "prompt_tokens_details": ["cached_tokens": .integer(self.cachedTokens)],
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
            "cached_tokens": .integer(self.cachedTokens),
        ]
    }
}
