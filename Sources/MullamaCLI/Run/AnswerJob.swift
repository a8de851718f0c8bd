import Mullama

/// What `run` was asked to do, with all of its input read and checked.
struct AnswerJob: Sendable {
    enum Style: Sendable {
        /// Printed as it comes.
        case streamed
        /// Printed at its end.
        case whole
        case json
    }

    var model: String
    var params: ModelParams
    /// Sent as it is, instead of as a message in the model's chat template.
    var isRaw: Bool
    var system: String?
    var maxTokens: Int
    var options: GenerationOptions
    /// Whether the seed was asked for: in a chat, other answers than the first should not use the same one again.
    var hasFixedSeed: Bool
    var style: Style
    var wantsStats: Bool

    /// Answers one prompt.
    ///
    /// - Parameter onText: Called with the text as it comes; an error of it ends the answer.
    /// - Returns: The answer, as far as it came, and the error that broke it off.
    func answer(
        _ prompt: String,
        with model: AsyncModel,
        onText: (String) async throws -> Void = { _ in }
    ) async -> (answer: Answer, error: (any Error)?) {
        var answer = Answer(seed: self.options.seed ?? 0)
        do {
            let stream = try await self.stream(prompt, with: model)
            for try await chunk in stream {
                answer.text += chunk.text
                try await onText(chunk.text)
            }
            guard let result = stream.result else { throw CancellationError() }
            answer.finishReason = result.finishReason
            answer.measures = Answer.Measures(usage: result.usage, timings: result.timings)
            return (answer, nil)
        } catch {
            answer.finishReason = Self.reason(error)
            return (answer, error)
        }
    }

    private func stream(_ prompt: String, with model: AsyncModel) async throws -> GenerationStream {
        let context = AsyncContext(model)
        guard !self.isRaw else { return context.stream(prompt, maxTokens: self.maxTokens, options: self.options) }
        let system = self.system.map { [ChatMessage(.system, $0)] } ?? []
        let rendered = try await model.applyTemplate(system + [ChatMessage(.user, prompt)])
        return context.stream(rendered: rendered, maxTokens: self.maxTokens, options: self.options)
    }

    private static func reason(_ error: any Error) -> FinishReason {
        switch error {
        case let error as MullamaError: error.code == .timedOut ? .deadline : .failed
        case is CancellationError, is OutputError: .cancelled
        default: .failed
        }
    }
}
