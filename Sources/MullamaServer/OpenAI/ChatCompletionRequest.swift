import Mullama

/// What `/v1/chat/completions` is asked for.
struct ChatCompletionRequest: Sendable {
    let inference: InferenceRequest
    /// Nil for an answer in one piece.
    let streaming: StreamOptions?

    init(_ fields: RequestFields) throws(APIError) {
        try UnsupportedFields.check(fields, isChat: true)
        var inference = InferenceRequest(model: try fields.model(), prompts: [try ChatConversation(fields).prompt])
        inference.choices = try fields.choices()
        inference.maxTokens = try fields.maxTokens(["max_completion_tokens", "max_tokens"], missing: nil)
        inference.options = try GenerationOptions(fields)
        inference.options.logprobs = try fields.logprobs()
        self.inference = inference
        self.streaming = try StreamOptions.read(fields)
    }
}
