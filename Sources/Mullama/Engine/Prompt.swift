import InferenceCore

/// What a generation goes on from.
enum Prompt: Sendable {
    /// Text that is taken as it is.
    case text(String)
    /// A rendered chat prompt: control tokens in it are meant as such.
    case rendered(String)
    /// A conversation, to be rendered.
    case chat(ChatPrompt, ModelTemplates)
    case tokens([Token])
    /// The texts before and after what is to be written, and the model's name for an error.
    case infill(prefix: String, suffix: String, model: String)

    /// The tokens of it; may take a while for a long text.
    ///
    /// - Parameter limit: The most tokens that are of use. Text that must have more is refused before any are made: it would hold up all texts
    ///   behind it.
    func tokens(_ vocabulary: any TextModel, atMost limit: Int = .max) throws(MullamaError) -> [Token] {
        switch self {
        case .text(let text):
            return try vocabulary.tokenize(try Self.checked(text, vocabulary, limit), addSpecial: true, parseSpecial: false)
        case .rendered(let text):
            let tokens = try vocabulary.tokenize(try Self.checked(text, vocabulary, limit), addSpecial: false, parseSpecial: true)
            // Most templates write the token that a text begins with themselves, and two of them are one too many.
            guard let beginning = vocabulary.beginning, tokens.first != beginning else { return tokens }
            return [beginning] + tokens
        case .chat(let prompt, let templates):
            if case .list(let messages) = prompt.messages, messages.isEmpty { throw ChatPrompt.isEmpty }
            return try Prompt.rendered(try templates.render(prompt)).tokens(vocabulary, atMost: limit)
        case .infill(let prefix, let suffix, let model):
            guard let infill = vocabulary.infill else {
                throw MullamaError(
                    .unsupportedModel,
                    "\(model) has no tokens for writing between two texts: use a model that was trained for it, or give it what stands before alone"
                )
            }
            guard !prefix.isEmpty || !suffix.isEmpty else {
                throw MullamaError(.invalidRequest, "the texts before and after are empty: give at least one character")
            }
            for text in [prefix, suffix] { try Self.check(text, vocabulary, limit) }
            let before = try vocabulary.tokenize(prefix, addSpecial: false, parseSpecial: false)
            let after = try vocabulary.tokenize(suffix, addSpecial: false, parseSpecial: false)
            let beginning = vocabulary.beginning.map { [$0] } ?? []
            return beginning + [infill.prefix] + before + [infill.suffix] + after + [infill.middle]
        case .tokens(let tokens):
            if let stranger = tokens.first(where: { !vocabulary.contains($0) }) {
                throw MullamaError(
                    .invalidRequest,
                    "token \(stranger) of the prompt is not in the vocabulary, which has \(vocabulary.size) tokens"
                )
            }
            return tokens
        }
    }

    private static func checked(_ text: String, _ vocabulary: any TextModel, _ limit: Int) throws(MullamaError) -> String {
        guard !text.isEmpty else { throw MullamaError(.invalidRequest, "the prompt is empty: give at least one character") }
        try self.check(text, vocabulary, limit)
        return text
    }

    private static func check(_ text: String, _ vocabulary: any TextModel, _ limit: Int) throws(MullamaError) {
        let fewest = vocabulary.fewestTokens(text)
        guard fewest > limit else { return }
        throw MullamaError(
            .contextWindowExceeded,
            "the prompt has \(text.utf8.count) bytes, which are at least \(fewest) tokens, and the context holds \(limit), prompt and answer "
                + "together: shorten the prompt or use a larger context"
        )
    }
}
