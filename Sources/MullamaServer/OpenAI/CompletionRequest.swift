import ChatTemplates
import Mullama

/// What `/v1/completions` is asked for.
struct CompletionRequest: Sendable {
    let inference: InferenceRequest
    /// Nil for an answer in one piece.
    let streaming: StreamOptions?
    /// The prompts, if answers are to begin with them.
    let echo: [TextInput]?

    init(_ fields: RequestFields, answerLimit: Int) throws(APIError) {
        try UnsupportedFields.check(fields, isChat: false)
        guard let inputs = try fields.inputs("prompt") else {
            throw APIError.invalid("prompt", "prompt is missing: give a string, a list of strings, or lists of tokens")
        }
        let echoes = try fields.boolean("echo") ?? false
        let suffix = try fields.string("suffix").flatMap { $0.isEmpty ? nil : $0 }
        if echoes, suffix != nil { throw APIError.invalid("echo", "echo and suffix cannot be had together: leave one of them out") }

        var inference = InferenceRequest(model: try fields.string("model"), prompts: try Self.prompts(inputs, suffix: suffix))
        inference.choices = try Self.choices(fields)
        if inputs.count * inference.choices > answerLimit {
            throw APIError.invalid(
                "n",
                "\(inputs.count) prompts with n = \(inference.choices) are \(inputs.count * inference.choices) answers: "
                    + "one request may ask for \(answerLimit)"
            )
        }
        // As OpenAI's API has it.
        inference.maxTokens = try fields.maxTokens(["max_tokens", "n_predict"], minimum: echoes ? 0 : 1, missing: 16)
        inference.options = try GenerationOptions(fields)
        inference.options.logprobs = try fields.integer("logprobs", in: 0...20)
        // Without tokens to generate, a prompt can only be scored.
        inference.options.promptLogprobs = echoes && (inference.options.logprobs != nil || inference.maxTokens == 0)
        self.inference = inference
        self.streaming = try StreamOptions.read(fields)
        self.echo = echoes ? inputs : nil
    }

    private static func prompts(_ inputs: [TextInput], suffix: String?) throws(APIError) -> [InferenceRequest.Prompt] {
        var prompts: [InferenceRequest.Prompt] = []
        for input in inputs {
            switch (input, suffix) {
            case (.text(let text), nil): prompts.append(.text(text))
            case (.tokens(let tokens), nil): prompts.append(.tokens(tokens))
            case (.text(let text), let suffix?): prompts.append(.infill(prefix: text, suffix: suffix))
            case (.tokens, _?):
                throw APIError.invalid("suffix", "suffix takes a prompt of text: what stands before it and after it is put together here")
            }
        }
        return prompts
    }

    private static func choices(_ fields: RequestFields) throws(APIError) -> Int {
        let choices = try fields.choices()
        if let best = try fields.integer("best_of"), best != choices {
            throw APIError.invalid(
                "best_of",
                code: "unsupported_parameter",
                "best_of is \(best) and n is \(choices): all answers that are generated are returned; give n alone, and choose"
            )
        }
        return choices
    }
}
