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

    /// The tokens of it; may take a while for a long text.
    func tokens(_ vocabulary: any TextModel) throws(MullamaError) -> [Token] {
        switch self {
        case .text(let text):
            return try vocabulary.tokenize(try Self.checked(text), addSpecial: true, parseSpecial: false)
        case .rendered(let text):
            let tokens = try vocabulary.tokenize(try Self.checked(text), addSpecial: false, parseSpecial: true)
            // Most templates write the token that a text begins with themselves, and two of them are one too many.
            guard let beginning = vocabulary.beginning, tokens.first != beginning else { return tokens }
            return [beginning] + tokens
        case .chat(let prompt, let templates):
            if case .list(let messages) = prompt.messages, messages.isEmpty { throw ChatPrompt.isEmpty }
            return try Prompt.rendered(try templates.render(prompt)).tokens(vocabulary)
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

    private static func checked(_ text: String) throws(MullamaError) -> String {
        guard !text.isEmpty else { throw MullamaError(.invalidRequest, "the prompt is empty: give at least one character") }
        return text
    }
}
