import ChatTemplates
import Mullama

/// How likely tokens were, in the shape of `/v1/completions`: four lists beside each other.
struct CompletionLogprobs {
    private var tokens: [TemplateValue] = []
    private var logprobs: [TemplateValue] = []
    private var top: [TemplateValue] = []
    private var offsets: [TemplateValue] = []

    var json: TemplateValue {
        [
            "tokens": .list(self.tokens),
            "token_logprobs": .list(self.logprobs),
            "top_logprobs": .list(self.top),
            "text_offset": .list(self.offsets),
        ]
    }

    /// Tokens of the answer.
    ///
    /// - Parameter offset: Characters of the text before them.
    mutating func append(_ tokens: [TokenLogprob], from offset: Int) {
        var offset = offset
        for token in tokens {
            self.append(token, bytes: token.bytes, offset)
            if token.isShown { offset += token.bytes.characters }
        }
    }

    /// All tokens of a prompt. Of the first, which follows nothing, it is not known how likely it is.
    ///
    /// - Parameters:
    ///   - first: The bytes of the first.
    ///   - text: What the prompt is as text. Tokens that the model wants at the start are no part of it, nor is a space that it puts there.
    mutating func append(prompt: [TokenLogprob?], first: [UInt8], text: String) {
        // Both end together.
        var end = text.utf8.count
        let starts = prompt.reversed().map { token in
            end = max(0, end - (token?.bytes ?? first).count)
            return end
        }
        let bytes = Array(text.utf8)
        var (position, characters) = (0, 0)
        for (token, start) in zip(prompt, starts.reversed()) {
            characters += bytes[position..<start].characters
            position = start
            self.append(token, bytes: token?.bytes ?? first, characters)
        }
    }

    private mutating func append(_ token: TokenLogprob?, bytes: [UInt8], _ offset: Int) {
        self.tokens.append(.string(Self.text(bytes)))
        self.offsets.append(.integer(offset))
        self.logprobs.append(token?.logprob.written ?? .none)
        guard let token else { return self.top.append(.none) }
        var top = TemplateDictionary()
        // Tokens of the same text share a place: the likelier one comes first.
        for other in token.top where top[Self.text(other.bytes)] == nil { top[Self.text(other.bytes)] = other.logprob.written }
        let own = Self.text(token.bytes)
        if top[own] == nil { top[own] = token.logprob.written }
        self.top.append(.dictionary(top))
    }

    /// A token's text, or OpenAI's notation for bytes that are a part of a character.
    private static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return bytes.reduce("bytes:") { $0 + "\\x" + ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}

extension Collection<UInt8> {
    /// Characters of Unicode that begin in these bytes of UTF-8.
    fileprivate var characters: Int { self.count { $0 & 0xC0 != 0x80 } }
}
