import ChatTemplates
import Mullama

/// Answers as `/v1/chat/completions` writes them.
struct ChatFormat: AnswerFormat {
    static let prefix = "chatcmpl-"
    static let object = "chat.completion"
    static let chunkObject = "chat.completion.chunk"

    /// Whether it is told how likely the tokens were.
    let hasLogprobs: Bool

    func whole(_ answer: InferenceAnswer) -> TemplateValue {
        [
            "index": .integer(answer.index),
            "message": ["role": "assistant", "content": .string(answer.generation.text), "refusal": nil],
            "logprobs": self.logprobs(answer.generation.logprobs),
            "finish_reason": answer.generation.finishReason.openAI,
        ]
    }

    func opening(_ answer: Int) -> TemplateValue? {
        Self.choice(answer, ["role": "assistant", "content": "", "refusal": nil])
    }

    func lead(_ answer: Int, prompt: [TokenLogprob?]) -> TemplateValue? { nil }

    func part(_ chunk: GenerationChunk, _ answer: Int) -> TemplateValue {
        Self.choice(answer, ["content": .string(chunk.text)], logprobs: self.logprobs(chunk.logprobs))
    }

    func ending(_ reason: FinishReason, _ answer: Int) -> TemplateValue {
        Self.choice(answer, [:], finish: reason.openAI)
    }

    private static func choice(
        _ answer: Int,
        _ delta: TemplateValue,
        logprobs: TemplateValue = .none,
        finish: TemplateValue = .none
    ) -> TemplateValue {
        ["index": .integer(answer), "delta": delta, "logprobs": logprobs, "finish_reason": finish]
    }

    private func logprobs(_ tokens: [TokenLogprob]) -> TemplateValue {
        guard self.hasLogprobs else { return .none }
        let content = tokens.map { token -> TemplateValue in
            var fields = token.json
            fields["top_logprobs"] = token.alternatives
            return .dictionary(fields)
        }
        return ["content": .list(content), "refusal": nil]
    }
}
