import ChatTemplates
import Mullama

/// How likely tokens were, as Ollama tells it.
enum OllamaLogprobs {
    /// JSON has no minus infinity; nothing is less likely than that.
    private static let least = -9999.0

    static func json(_ tokens: [TokenLogprob]) -> TemplateValue {
        .list(
            tokens.map { token in
                var fields = Self.fields(token.bytes, token.logprob)
                if !token.top.isEmpty { fields["top_logprobs"] = .list(token.top.map { .dictionary(Self.fields($0.bytes, $0.logprob)) }) }
                return .dictionary(fields)
            }
        )
    }

    private static func fields(_ bytes: [UInt8], _ logprob: Double) -> TemplateDictionary {
        [
            "token": .string(String(decoding: bytes, as: UTF8.self)),
            "logprob": .double(max(logprob, Self.least)),
            "bytes": .list(bytes.map { .integer(Int($0)) }),
        ]
    }
}
