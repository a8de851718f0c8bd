import InferenceCore

extension GenerationOptions {
    /// Throws ``MullamaError/Code/invalidRequest`` for the first value that is out of its range.
    ///
    /// - Parameter vocabularySize: The number of tokens that `logitBias` may name; nil leaves that unchecked.
    public func validate(maxTokens: Int = 1, vocabularySize: Int? = nil) throws(MullamaError) {
        func require(_ holds: Bool, _ name: String, _ value: some Any, _ range: String) throws(MullamaError) {
            guard holds else { throw MullamaError(.invalidRequest, "\(name) is \(value): it must be \(range)") }
        }
        try require(maxTokens >= 1, "maxTokens", maxTokens, "at least 1")
        try require((0...5).contains(self.temperature), "temperature", self.temperature, "0 to 5")
        try require(self.topK >= 0, "topK", self.topK, "0 (off) or more")
        try require(self.topP > 0 && self.topP <= 1, "topP", self.topP, "above 0, up to 1")
        try require((0...1).contains(self.minP), "minP", self.minP, "0 to 1")
        try require(self.typicalP > 0 && self.typicalP <= 1, "typicalP", self.typicalP, "above 0, up to 1")
        try require(self.repeatPenalty > 0 && self.repeatPenalty.isFinite, "repeatPenalty", self.repeatPenalty, "above 0 and finite")
        try require(self.repeatLastN >= 0, "repeatLastN", self.repeatLastN, "0 (off) or more")
        try require(self.frequencyPenalty.isFinite, "frequencyPenalty", self.frequencyPenalty, "finite")
        try require(self.presencePenalty.isFinite, "presencePenalty", self.presencePenalty, "finite")
        try require(!self.stop.contains(""), "a stop string", "empty", "at least one character")
        try require(self.deadline.map { $0 > .zero } ?? true, "deadline", self.deadline ?? .zero, "above zero")
        for (token, bias) in self.logitBias {
            try require(!bias.isNaN && bias < .infinity, "the bias of token \(token)", bias, "finite, or minus infinity")
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
