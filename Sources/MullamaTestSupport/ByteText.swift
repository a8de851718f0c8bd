package import InferenceCore
package import Mullama

/// The text of a model without weights: each byte is a token, and 256 ends a generation.
package struct ByteText: TextModel {
    package static let endOfGeneration: Token = 256

    package let infill: InfillTokens?
    private let control: FakeControl?

    /// - Parameters:
    ///   - control: Sees and may hold the texts on their way.
    ///   - hasInfill: Whether there are tokens for writing between two texts: 257, 258 and 259.
    package init(_ control: FakeControl? = nil, hasInfill: Bool = false) {
        self.control = control
        self.infill = hasInfill ? InfillTokens(prefix: 257, suffix: 258, middle: 259) : nil
    }

    package var longestToken: Int? { 1 }
    package var size: Int { self.infill == nil ? 257 : 260 }

    package func tokenize(_ text: String, addSpecial: Bool, parseSpecial: Bool) throws(MullamaError) -> [Token] {
        self.control?.enterText()
        return text.utf8.map { Token(rawValue: Int32($0)) }
    }

    package func detokenize(_ tokens: [Token]) throws(MullamaError) -> String {
        String(decoding: tokens.compactMap { UInt8(exactly: $0.rawValue) }, as: UTF8.self)
    }

    package func piece(of token: Token) throws(MullamaError) -> [UInt8] {
        UInt8(exactly: token.rawValue).map { [$0] } ?? []
    }

    package func makeSampler(_ options: GenerationOptions, seed: UInt64, prompt: [Token]) throws(MullamaError) -> any TokenSampler {
        FakeSampler(logprobs: options.logprobs, ignoresEnd: options.ignoreEndOfGeneration)
    }
}
