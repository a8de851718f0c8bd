import ChatTemplates
import Mullama

/// The part of a stream's events that is the same in all of them, written once.
struct ChunkFrame: Sendable {
    private let identity: AnswerIdentity
    private let object: String
    private let includesUsage: Bool
    private let head: String
    private let tail: String

    /// - Parameter includesUsage: Whether the last event will tell the usage. All others say then that they do not.
    init(_ identity: AnswerIdentity, object: String, includesUsage: Bool) {
        self.identity = identity
        self.object = object
        self.includesUsage = includesUsage
        self.head = TemplateValue.dictionary(identity.fields(object)).json.dropLast() + ", \"choices\": ["
        self.tail = includesUsage ? "], \"usage\": null}" : "]}"
    }

    /// An event with a part of one answer.
    func event(_ choice: TemplateValue) -> String { self.head + choice.json + self.tail }

    /// An event with more to it.
    ///
    /// - Parameter further: May replace the usage.
    func event(_ choices: [TemplateValue], further: TemplateDictionary) -> String {
        var fields = self.identity.fields(self.object)
        fields["choices"] = .list(choices)
        if self.includesUsage { fields["usage"] = TemplateValue.none }
        for (name, value) in further { fields[name] = value }
        return TemplateValue.dictionary(fields).json
    }

    /// Where answers are that have not begun. It looks like a part of an answer, but that no answer has one.
    func event(_ progress: [AnswerProgress]) -> String {
        var fields = self.identity.fields("progress")
        fields["choices"] = []
        fields["progress"] = .list(
            progress.map { answer in
                [
                    "index": .integer(answer.answer),
                    "phase": .string(answer.phase.rawValue),
                    "queue_position": answer.queuePosition.map { .integer($0) } ?? .none,
                    "prompt_tokens": .integer(answer.promptTokens),
                    "prefilled_tokens": .integer(answer.prefilledTokens),
                ]
            }
        )
        return TemplateValue.dictionary(fields).json
    }
}
