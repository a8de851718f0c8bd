import ModelStore

extension OllamaDescription {
    /// How models call the tokens before, behind and at what stands between two texts. llama.cpp knows them by these names where a file does not
    /// say which they are.
    private static let infillNames: [Set<String>] = [
        ["<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>"],
        ["<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>"],
        ["<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>"],
    ]
    /// What files call the ways to make one vector of a text, but for 0, which is none, and 4, which scores pairs of texts.
    private static let poolings = 1...3

    /// What clients offer the model for. That is less than what can be asked of it: any model embeds, but those that were made for it say so in
    /// their files. Of tools nothing is told as long as calls come as text.
    func capabilities() throws(ModelStoreError) -> [String] {
        var all: [String] = []
        // Where tokens look at those after them, there is nothing to go on from.
        let isCausal = self.header.fact("attention.causal")?.bool != false
        if isCausal {
            all.append("completion")
            let supportsInfill = if let known = self.supportsInfill { known } else { try self.namesInfillTokens() }
            if supportsInfill { all.append("insert") }
        }
        let pooling = self.header.fact("pooling_type")?.int
        if pooling.map(Self.poolings.contains) ?? !isCausal { all.append("embedding") }
        return all
    }

    private func namesInfillTokens() throws(ModelStoreError) -> Bool {
        if ["pre", "suf", "mid"].allSatisfy({ self.header.int("tokenizer.ggml.fim_\($0)_token_id") != nil }) { return true }
        guard let tokens = try self.header.loadArray("tokenizer.ggml.tokens")?.strings else { return false }
        return Self.infillNames.allSatisfy { names in tokens.contains { names.contains($0) } }
    }
}
