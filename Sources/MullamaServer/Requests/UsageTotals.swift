import Mullama

/// What all answers to a request took together.
struct UsageTotals: Sendable {
    private var prompts: [Int: (tokens: Int, cached: Int)] = [:]
    private var completionTokens = 0
    private var droppedTokens = 0

    /// - Parameter prompt: Which of the request's prompts it was that the answer is for.
    mutating func add(_ usage: Usage, prompt: Int) {
        // A prompt counts once, however many answers it has, and those after the first find what the first has computed.
        let known = self.prompts[prompt]
        self.prompts[prompt] = (max(known?.tokens ?? 0, usage.promptTokens), min(known?.cached ?? usage.cachedTokens, usage.cachedTokens))
        self.completionTokens += usage.completionTokens
        self.droppedTokens += usage.droppedTokens
    }

    var usage: Usage {
        Usage(
            promptTokens: self.prompts.values.reduce(0) { $0 + $1.tokens },
            cachedTokens: self.prompts.values.reduce(0) { $0 + $1.cached },
            completionTokens: self.completionTokens,
            droppedTokens: self.droppedTokens
        )
    }
}
