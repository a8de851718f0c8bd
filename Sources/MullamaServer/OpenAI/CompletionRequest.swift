import ChatTemplates
import Mullama

/// What `/v1/completions` is asked for.
struct CompletionRequest: Sendable {
    let inference: InferenceRequest
    /// Nil for an answer in one piece.
    let streaming: StreamOptions?
    /// The prompts, if answers are to begin with them.
    let echo: [TextInput]?
    /// Whether names of control tokens in the prompts are those tokens, as in what `/apply-template` renders.
    let parsesSpecial: Bool

    init(_ fields: RequestFields, answerLimit: Int) throws(APIError) {
        try UnsupportedFields.check(fields, isChat: false)
        guard let inputs = try fields.inputs("prompt") else {
            throw APIError.invalid("prompt", "prompt is missing: give a string, a list of strings, or lists of tokens")
        }
        let echoes = try fields.boolean("echo") ?? false
        let suffix = try fields.string("suffix").flatMap { $0.isEmpty ? nil : $0 }
        if echoes, suffix != nil { throw APIError.invalid("echo", "echo and suffix cannot be had together: leave one of them out") }
        let parsesSpecial = try Self.parsesSpecial(fields, hasSuffix: suffix != nil)

        let prompts = try Self.prompts(inputs, suffix: suffix, parsesSpecial: parsesSpecial)
        var inference = InferenceRequest(model: try fields.model(), prompts: prompts)
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
        self.parsesSpecial = parsesSpecial
    }

    /// What stands before and after a place in a text is put between control tokens here, and has none itself.
    private static func parsesSpecial(_ fields: RequestFields, hasSuffix: Bool) throws(APIError) -> Bool {
        guard let wanted = try fields.boolean("parse_special") else { return true }
        if wanted, hasSuffix {
            throw APIError.invalid(
                "parse_special",
                "parse_special and suffix cannot be had together: a prompt with a suffix is plain text; leave one of them out"
            )
        }
        return wanted
    }

    private static func prompts(
        _ inputs: [TextInput],
        suffix: String?,
        parsesSpecial: Bool
    ) throws(APIError) -> [InferenceRequest.Prompt] {
        var prompts: [InferenceRequest.Prompt] = []
        for input in inputs {
            switch (input, suffix) {
            case (.text(let text), nil): prompts.append(parsesSpecial ? .rendered(text) : .text(text))
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
