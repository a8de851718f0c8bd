import ChatTemplates
import Mullama

/// Answers as `/v1/completions` writes them.
struct CompletionFormat: AnswerFormat {
    /// A prompt that answers begin with.
    struct Echo: Sendable {
        var text: String
        /// The bytes of its first token, if it is told how likely its tokens were.
        var firstToken: [UInt8] = []
    }

    static let prefix = "cmpl-"
    static let object = "text_completion"
    static let chunkObject = "text_completion"

    /// Whether it is told how likely the tokens were.
    private let hasLogprobs: Bool
    /// One for each prompt; none if answers do not begin with them.
    private let echoes: [Echo]
    private let choices: Int
    /// Characters of each answer so far, the echo's included.
    private var lengths: [Int: Int] = [:]

    /// - Parameter choices: Answers to each prompt.
    init(hasLogprobs: Bool, echoes: [Echo] = [], choices: Int = 1) {
        self.hasLogprobs = hasLogprobs
        self.echoes = echoes
        self.choices = choices
    }

    private func echo(_ answer: Int) -> Echo? { self.echoes.isEmpty ? nil : self.echoes[answer / self.choices] }

    func whole(_ answer: InferenceAnswer) -> TemplateValue {
        let generation = answer.generation
        var logprobs = CompletionLogprobs()
        let echo = self.echo(answer.index)
        if let echo { logprobs.append(prompt: generation.promptLogprobs, first: echo.firstToken, text: echo.text) }
        logprobs.append(generation.logprobs, from: echo?.text.unicodeScalars.count ?? 0)
        return self.choice(answer.index, (echo?.text ?? "") + generation.text, logprobs, finish: generation.finishReason.openAI)
    }

    func opening(_ answer: Int) -> TemplateValue? { nil }

    mutating func lead(_ answer: Int, prompt: [TokenLogprob?]) -> TemplateValue? {
        guard let echo = self.echo(answer) else { return nil }
        self.lengths[answer] = echo.text.unicodeScalars.count
        var logprobs = CompletionLogprobs()
        logprobs.append(prompt: prompt, first: echo.firstToken, text: echo.text)
        return self.choice(answer, echo.text, logprobs)
    }

    mutating func part(_ chunk: GenerationChunk, _ answer: Int) -> TemplateValue {
        guard self.hasLogprobs else { return self.choice(answer, chunk.text, nil) }
        var logprobs = CompletionLogprobs()
        let offset = self.lengths[answer, default: 0]
        logprobs.append(chunk.logprobs, from: offset)
        self.lengths[answer] = offset + chunk.text.unicodeScalars.count
        return self.choice(answer, chunk.text, logprobs)
    }

    func ending(_ reason: FinishReason, _ answer: Int) -> TemplateValue {
        self.choice(answer, "", nil, finish: reason.openAI)
    }

    private func choice(
        _ answer: Int,
        _ text: String,
        _ logprobs: CompletionLogprobs?,
        finish: TemplateValue = .none
    ) -> TemplateValue {
        [
            "text": .string(text),
            "index": .integer(answer),
            "logprobs": self.hasLogprobs ? logprobs?.json ?? .none : .none,
            "finish_reason": finish,
        ]
    }
}
