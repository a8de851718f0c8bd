import InferenceCore

/// What is to be embedded, in the order of the results.
enum EmbeddingInput: Sendable {
    case texts([String])
    case tokens([[Token]])

    var count: Int {
        switch self {
        case .texts(let texts): texts.count
        case .tokens(let lists): lists.count
        }
    }

    /// - Throws: ``MullamaError/Code/invalidRequest`` if there is nothing, or an empty text among them.
    func validate() throws(MullamaError) {
        guard self.count > 0 else { throw MullamaError(.invalidRequest, "there is no text to embed: give at least one") }
        let empty =
            switch self {
            case .texts(let texts): texts.firstIndex(of: "")
            case .tokens(let lists): lists.firstIndex(of: [])
            }
        guard let empty else { return }
        throw MullamaError(.invalidRequest, "\(self.name(empty)) is empty: leave it out, or give at least one \(self.unit)")
    }

    /// What a text is called in errors.
    func name(_ index: Int) -> String {
        switch self {
        case .texts: "texts[\(index)]"
        case .tokens: "tokens[\(index)]"
        }
    }

    private var unit: String {
        switch self {
        case .texts: "character"
        case .tokens: "token"
        }
    }

    /// Bytes, about: how long it takes to make tokens of a text.
    func size(_ index: Int) -> Int {
        switch self {
        case .texts(let texts): texts[index].utf8.count
        case .tokens(let lists): lists[index].count
        }
    }

    /// The tokens of a text as they are computed.
    ///
    /// - Parameters:
    ///   - limit: The most tokens of a text.
    ///   - truncate: Whether a longer one is cut.
    /// - Throws: ``MullamaError`` with `contextWindowExceeded`, or `invalidRequest` for tokens that there are none of.
    func tokens(_ index: Int, _ vocabulary: any TextModel, limit: Int, truncate: Bool) throws(MullamaError) -> [Token] {
        var tokens: [Token]
        switch self {
        case .texts(let texts):
            let text = try self.shortened(texts[index], index, vocabulary, limit: limit, truncate: truncate)
            tokens = try vocabulary.tokenize(text, addSpecial: true, parseSpecial: false)
            guard !tokens.isEmpty else { throw MullamaError(.invalidRequest, "\(self.name(index)) has no tokens: leave it out") }
        case .tokens(let lists):
            tokens = lists[index]
            if let stranger = tokens.first(where: { !vocabulary.contains($0) }) {
                throw MullamaError(
                    .invalidRequest,
                    "token \(stranger) of \(self.name(index)) is not in the vocabulary, which has \(vocabulary.size) tokens"
                )
            }
        }
        guard tokens.count > limit else { return tokens }
        guard truncate else { throw self.tooLong("\(tokens.count) tokens", index, limit) }
        // Some models were trained to look at the token that every text ends with.
        let ending = tokens.last == vocabulary.ending ? vocabulary.ending : nil
        tokens.removeSubrange((limit - (ending == nil ? 0 : 1))...)
        if let ending { tokens.append(ending) }
        return tokens
    }

    /// A text without what cannot be among its first tokens: making all of a huge one would hold up all texts behind it.
    private func shortened(
        _ text: String,
        _ index: Int,
        _ vocabulary: any TextModel,
        limit: Int,
        truncate: Bool
    ) throws(MullamaError) -> String {
        let fewest = vocabulary.fewestTokens(text)
        // Twice as much as can be used: where a text is cut its last tokens are others.
        guard let longest = vocabulary.longestToken, fewest > limit.saturatingTimes(2) else { return text }
        guard truncate else { throw self.tooLong("\(text.utf8.count) bytes, which are at least \(fewest) tokens,", index, limit) }
        return String(decoding: text.utf8.prefix(2 * limit * longest), as: UTF8.self)
    }

    private func tooLong(_ size: String, _ index: Int, _ limit: Int) -> MullamaError {
        MullamaError(
            .contextWindowExceeded,
            "\(self.name(index)) has \(size) and at most \(limit) are embedded at once: shorten or split it, or ask for truncate"
        )
    }
}
