import InferenceCore

extension GenerationOptions {
    /// Throws ``MullamaError/Code/invalidRequest`` for the first value that is out of its range.
    ///
    /// - Parameter vocabularySize: The number of tokens that `logitBias` may name; nil leaves that unchecked.
    public func validate(maxTokens: Int = 1, vocabularySize: Int? = nil) throws(MullamaError) {
        func require(_ holds: Bool, _ name: String, _ value: some Any, _ range: String) throws(MullamaError) {
            guard holds else { throw MullamaError(.invalidRequest, "\(name) is \(value): it must be \(range)") }
        }
        let least = self.promptLogprobs ? 0 : 1
        try require(maxTokens >= least, "maxTokens", maxTokens, "at least \(least)")
        try require((0...5).contains(self.temperature), "temperature", self.temperature, "0 to 5")
        try require(self.topK >= 0, "topK", self.topK, "0 (off) or more")
        try require(self.topP > 0 && self.topP <= 1, "topP", self.topP, "above 0, up to 1")
        try require((0...1).contains(self.minP), "minP", self.minP, "0 to 1")
        try require(self.typicalP > 0 && self.typicalP <= 1, "typicalP", self.typicalP, "above 0, up to 1")
        try require((0.01...100).contains(self.repeatPenalty), "repeatPenalty", self.repeatPenalty, "0.01 to 100")
        try require((0...1_000_000).contains(self.repeatLastN), "repeatLastN", self.repeatLastN, "0 (off) to 1000000")
        try require((-100...100).contains(self.frequencyPenalty), "frequencyPenalty", self.frequencyPenalty, "-100 to 100")
        try require((-100...100).contains(self.presencePenalty), "presencePenalty", self.presencePenalty, "-100 to 100")
        try require(!self.stop.contains(""), "a stop string", "empty", "at least one character")
        try require(self.deadline.map { $0 > .zero } ?? true, "deadline", self.deadline ?? .zero, "above zero")
        try require(self.logprobs.map { (0...20).contains($0) } ?? true, "logprobs", self.logprobs ?? 0, "0 to 20, or none")
        for (token, bias) in self.logitBias {
            let isAllowed = bias == -.infinity || (-100_000...100_000).contains(bias)
            try require(isAllowed, "the bias of token \(token)", bias, "-100000 to 100000, or minus infinity")
            if let size = vocabularySize {
                try require(
                    token.rawValue >= 0 && token.rawValue < size,
                    "a token of logitBias",
                    token,
                    "in the vocabulary, which has \(size) tokens"
                )
            }
        }
    }
}
