import ChatTemplates

/// Fields that OpenAI's API or other servers have, that would change what an answer is, and that cannot be heeded here. All further fields that
/// are not known are ignored.
struct UnsupportedFields {
    private struct Field {
        var name: String
        /// Values that ask for what happens anyway.
        var harmless: [TemplateValue]
        var reason: String
    }

    private let fields: [Field]

    private init(_ reason: String, _ fields: KeyValuePairs<String, [TemplateValue]>) {
        self.fields = fields.map { Field(name: $0.key, harmless: $0.value, reason: reason) }
    }

    func check(_ request: RequestFields) throws(APIError) {
        for field in self.fields { try request.refuse(field.name, unless: field.harmless, because: field.reason) }
    }

    /// - Parameter isChat: Whether it is a conversation that is asked about.
    static func check(_ request: RequestFields, isChat: Bool) throws(APIError) {
        try Self.checkFormat(request)
        for group in Self.common + (isChat ? Self.chat : Self.completions) { try group.check(request) }
    }

    /// The same for a conversation that is only rendered.
    static func checkTemplate(_ request: RequestFields) throws(APIError) {
        try Self.template.check(request)
        try request.refuse("continue_final_message", unless: [false], because: "cut the rendered prompt yourself, behind the last message")
    }

    private static func checkFormat(_ request: RequestFields) throws(APIError) {
        guard let format = try request.fields("response_format") else { return }
        guard let kind = try format.string("type"), kind != "text" else { return }
        throw APIError.invalid(
            "response_format",
            code: "unsupported_parameter",
            "response_format.type is '\(kind.prefix(40))': only 'text' can be had; give a grammar in llama.cpp's GBNF format to bind the answer"
        )
    }

    private static let common: [UnsupportedFields] = [
        UnsupportedFields(
            "give a grammar in llama.cpp's GBNF format to bind the answer",
            [
                "json_schema": [[:]], "guided_json": [], "guided_regex": [], "guided_choice": [], "guided_grammar": [],
                "structured_outputs": [],
            ]
        ),
        UnsupportedFields(
            "the ways to choose tokens are temperature, top_k, top_p, min_p, typical_p, penalties and logit_bias",
            [
                "mirostat": [0], "mirostat_mode": [0], "dynatemp_range": [0], "xtc_probability": [0], "dry_multiplier": [0],
                "top_n_sigma": [0, -1], "tfs_z": [1], "smoothing_factor": [0], "use_beam_search": [false], "length_penalty": [1],
                "samplers": [], "bad_words": [[]],
            ]
        ),
        UnsupportedFields(
            "answers end at stop strings, max_tokens and where the model ends them",
            ["min_tokens": [0], "stop_token_ids": [[]]]
        ),
        UnsupportedFields("a prompt that does not fit is refused, and nothing is cut", ["truncate_prompt_tokens": [-1], "n_keep": [0]]),
        UnsupportedFields("models are served as they are", ["lora": [[]], "lora_request": [[]]]),
    ]

    private static let template = UnsupportedFields("it is the model's own template that is used", ["chat_template": []])

    private static let chat: [UnsupportedFields] = [
        UnsupportedFields("describe the functions in tools instead", ["functions": [[]], "function_call": ["none", "auto"]]),
        UnsupportedFields("only text can be read and written", ["audio": [], "modalities": [["text"]]]),
        UnsupportedFields("there is nothing here to search with", ["web_search_options": []]),
        Self.template,
        UnsupportedFields(
            "conversations are answered with a new message; render the prompt yourself and use /v1/completions to go on with the last one",
            ["continue_final_message": [false], "add_generation_prompt": [true], "echo": [false]]
        ),
        UnsupportedFields("each choice is generated once: ask for n of them", ["best_of": [1]]),
    ]

    private static let completions: [UnsupportedFields] = [
        UnsupportedFields("ask for logprobs", ["n_probs": [0]]),
        UnsupportedFields("ask for echo and logprobs", ["prompt_logprobs": []]),
    ]
}
