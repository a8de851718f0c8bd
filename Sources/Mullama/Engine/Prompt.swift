import InferenceCore

/// What a generation goes on from.
enum Prompt: Sendable {
    case text(String, parseSpecial: Bool = false, addSpecial: Bool = true)
    case tokens([Token])

    func tokens(_ vocabulary: any TextModel) throws(MullamaError) -> [Token] {
        switch self {
        case .text(let text, let parseSpecial, let addSpecial):
            guard !text.isEmpty else { throw MullamaError(.invalidRequest, "the prompt is empty: give at least one character") }
            return try vocabulary.tokenize(text, addSpecial: addSpecial, parseSpecial: parseSpecial)
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
}
