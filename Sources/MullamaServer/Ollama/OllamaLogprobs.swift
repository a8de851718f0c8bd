import ChatTemplates
import Mullama

/// How likely tokens were, as Ollama tells it: of alternatives nothing is said where none were asked for.
enum OllamaLogprobs {
    static func json(_ tokens: [TokenLogprob]) -> TemplateValue {
        .list(
            tokens.map { token in
                var fields = token.json
                if !token.top.isEmpty { fields["top_logprobs"] = token.alternatives }
                return .dictionary(fields)
            }
        )
    }
}
