import ChatTemplates
import Mullama

/// How one of the APIs writes answers.
protocol AnswerFormat: Sendable {
    /// What ids begin with.
    static var prefix: String { get }
    /// What the whole answer is called.
    static var object: String { get }
    /// What its parts are called.
    static var chunkObject: String { get }

    /// A whole answer, as a choice among others.
    func whole(_ answer: InferenceAnswer) -> TemplateValue

    /// What a stream begins with, before anything is computed; nil for nothing.
    func opening(_ answer: Int) -> TemplateValue?
    /// What comes before the first part of an answer, once its prompt is computed; nil for nothing.
    ///
    /// - Parameter prompt: How likely the prompt's tokens were, if that was asked for.
    mutating func lead(_ answer: Int, prompt: [TokenLogprob?]) -> TemplateValue?
    mutating func part(_ chunk: GenerationChunk, _ answer: Int) -> TemplateValue
    func ending(_ reason: FinishReason, _ answer: Int) -> TemplateValue
}

extension FinishReason {
    /// In OpenAI's words. Answers that ended in another way are errors.
    var openAI: TemplateValue { self == .length ? "length" : "stop" }
}
