package import InferenceCore

/// What a model knows about text: the part of it that needs no computing. Its calls may come from any thread.
package protocol TextModel: Sendable {
    /// Tokens in the vocabulary.
    var size: Int { get }
    /// The token that every text begins with; nil for models that want none.
    var beginning: Token? { get }
    /// The token that every text ends with; nil for models that want none.
    var ending: Token? { get }
    /// What a text is put between two others with; nil for models that were not trained for that.
    var infill: InfillTokens? { get }

    /// The most bytes of a text that one token can stand for; nil where some stand for any number.
    var longestToken: Int? { get }

    func tokenize(_ text: String, addSpecial: Bool, parseSpecial: Bool) throws(MullamaError) -> [Token]
    func detokenize(_ tokens: [Token]) throws(MullamaError) -> String
    /// The bytes of one token, a control token's as it is written. They may be a part of a character.
    func piece(of token: Token) throws(MullamaError) -> [UInt8]

    /// What will choose the tokens of a request.
    ///
    /// - Parameter prompt: What penalties count as already said.
    func makeSampler(_ options: GenerationOptions, seed: UInt64, prompt: [Token]) throws(MullamaError) -> any TokenSampler
}

extension TextModel {
    package var beginning: Token? { nil }
    package var ending: Token? { nil }
    package var infill: InfillTokens? { nil }
    package var longestToken: Int? { nil }

    package func piece(of token: Token) throws(MullamaError) -> [UInt8] {
        Array(try self.detokenize([token]).utf8)
    }

    /// How many tokens a text has at least, told without making them.
    func fewestTokens(_ text: String) -> Int {
        self.longestToken.map { text.utf8.count / max(1, $0) } ?? 0
    }

    package func contains(_ token: Token) -> Bool {
        (0..<self.size).contains(Int(token.rawValue))
    }
}
