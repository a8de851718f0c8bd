import ChatTemplates
import Mullama

extension TokenLogprob {
    /// As OpenAI's chats and Ollama tell how likely a token was, but for its alternatives.
    var json: TemplateDictionary { Self.json(self.bytes, self.logprob) }

    /// The tokens that could have stood in its place.
    var alternatives: TemplateValue { .list(self.top.map { .dictionary(Self.json($0.bytes, $0.logprob)) }) }

    /// A token may be a part of a character: its bytes are what clients put together.
    private static func json(_ bytes: [UInt8], _ logprob: Double) -> TemplateDictionary {
        [
            "token": .string(String(decoding: bytes, as: UTF8.self)),
            "logprob": logprob.written,
            "bytes": .list(bytes.map { .integer(Int($0)) }),
        ]
    }
}

extension Double {
    /// A log probability as JSON has it, which knows no infinity: OpenAI's API writes this for what is as good as impossible.
    var written: TemplateValue { .double(self.isFinite ? self : -9999) }
}
