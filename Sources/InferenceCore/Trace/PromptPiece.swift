/// A part of a prompt in a trace: a text that has a name instead of words.
///
/// Prompts whose pieces begin alike begin alike. A longer piece of the same name goes on where the shorter one ends.
public struct PromptPiece: Sendable, Hashable {
    /// At most ``largestName``.
    public var text: UInt64
    public var tokens: Int

    /// Every reader of JSON can hold numbers up to that.
    public static let largestName: UInt64 = (1 << 53) - 1

    public init(text: UInt64, tokens: Int) {
        self.text = text
        self.tokens = tokens
    }
}

extension PromptPiece: Codable {
    /// As an array of the two numbers.
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        self.init(text: try container.decode(UInt64.self), tokens: try container.decode(Int.self))
        guard container.isAtEnd, self.tokens > 0 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a piece of a prompt is [name, tokens], with at least 1 token")
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(self.text)
        try container.encode(self.tokens)
    }
}
