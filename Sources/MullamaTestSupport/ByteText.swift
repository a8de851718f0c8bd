package import InferenceCore
package import Mullama

/// The text of a model without weights: each byte is a token, and 256 ends a generation.
package struct ByteText: TextModel {
    package static let endOfGeneration: Token = 256
    /// How control tokens are written.
    private static let names: [Token: String] = [256: "<end>", 257: "<pre>", 258: "<suf>", 259: "<mid>"]

    package let beginning: Token?
    package let infill: InfillTokens?
    private let control: FakeControl?

    /// - Parameters:
    ///   - control: Sees and may hold the texts on their way.
    ///   - beginning: The token that every text begins with.
    ///   - hasInfill: Whether there are tokens for writing between two texts: 257, 258 and 259.
    package init(_ control: FakeControl? = nil, beginning: Token? = nil, hasInfill: Bool = false) {
        self.control = control
        self.beginning = beginning
        self.infill = hasInfill ? InfillTokens(prefix: 257, suffix: 258, middle: 259) : nil
    }

    package var longestToken: Int? { self.infill == nil ? 1 : 5 }
    package var size: Int { self.infill == nil ? 257 : 260 }

    package func tokenize(_ text: String, addSpecial: Bool, parseSpecial: Bool) throws(MullamaError) -> [Token] {
        self.control?.enterText()
        let start = addSpecial ? self.beginning.map { [$0] } ?? [] : []
        return start + (parseSpecial ? self.parse(text) : Self.bytes(text))
    }

    private func parse(_ text: String) -> [Token] {
        guard self.infill != nil, text.contains("<") else { return Self.bytes(text) }
        var tokens: [Token] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            let control = Self.names.first { self.contains($0.key) && rest.starts(with: $0.value.utf8) }
            tokens.append(control?.key ?? Token(rawValue: Int32(first)))
            rest = rest.dropFirst(control?.value.utf8.count ?? 1)
        }
        return tokens
    }

    private static func bytes(_ text: String) -> [Token] { text.utf8.map { Token(rawValue: Int32($0)) } }

    package func detokenize(_ tokens: [Token]) throws(MullamaError) -> String {
        String(decoding: tokens.compactMap { UInt8(exactly: $0.rawValue) }, as: UTF8.self)
    }

    package func piece(of token: Token) throws(MullamaError) -> [UInt8] {
        Self.piece(token)
    }

    static func piece(_ token: Token) -> [UInt8] {
        UInt8(exactly: token.rawValue).map { [$0] } ?? Self.names[token].map { Array($0.utf8) } ?? []
    }

    package func makeSampler(_ options: GenerationOptions, seed: UInt64, prompt: [Token]) throws(MullamaError) -> any TokenSampler {
        FakeSampler(logprobs: options.logprobs, ignoresEnd: options.ignoreEndOfGeneration)
    }
}
