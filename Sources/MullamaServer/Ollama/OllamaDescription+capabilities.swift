import ModelStore
import Mullama

extension OllamaDescription {
    /// How models call the tokens before, behind and at what stands between two texts. llama.cpp knows them by these names where a file does not
    /// say which they are.
    private static let infillNames: [Set<String>] = [
        ["<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>"],
        ["<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>"],
        ["<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>"],
    ]
    /// What a file calls a model that scores pairs of texts.
    private static let rerankerPooling = 4

    func capabilities(_ templates: [ModelChatTemplate]) throws(ModelStoreError) -> [String] {
        var all: [String] = []
        // Where tokens look at those after them, there is nothing to go on from.
        if self.header.fact("attention.causal")?.bool != false {
            all.append("completion")
            let supportsInfill = if let known = self.supportsInfill { known } else { try self.namesInfillTokens() }
            if supportsInfill { all.append("insert") }
            if templates.knowsTools { all.append("tools") }
        }
        if self.header.fact("pooling_type")?.int != Self.rerankerPooling { all.append("embedding") }
        return all
    }

    private func namesInfillTokens() throws(ModelStoreError) -> Bool {
        if ["pre", "suf", "mid"].allSatisfy({ self.header.int("tokenizer.ggml.fim_\($0)_token_id") != nil }) { return true }
        guard let tokens = try self.header.loadArray("tokenizer.ggml.tokens")?.strings else { return false }
        return Self.infillNames.allSatisfy { names in tokens.contains { names.contains($0) } }
    }
}
