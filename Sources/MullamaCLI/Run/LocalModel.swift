import Mullama

/// A model in this process.
struct LocalModel: AnswerSource {
    let model: AsyncModel
    let loadTime: Duration

    var modelName: String { self.model.info.name }
    var reproducibility: ReproducibilityStatus? { self.model.info.reproducibility }

    func answer(
        _ prompt: String,
        _ job: AnswerJob,
        onText: (String) async throws -> Void
    ) async -> (answer: Answer, error: (any Error)?) {
        var answer = Answer(seed: job.options.seed ?? 0)
        answer.loadTime = self.loadTime
        do {
            let stream = try await self.stream(prompt, job)
            for try await chunk in stream {
                answer.text += chunk.text
                try await onText(chunk.text)
            }
            guard let result = stream.result else { throw CancellationError() }
            answer.finishReason = result.finishReason
            answer.measures = Answer.Measures(usage: result.usage, timings: result.timings)
            return (answer, nil)
        } catch {
            answer.finishReason = AnswerJob.reason(error)
            return (answer, error)
        }
    }

    func width(_ job: AnswerJob) async -> Int { 2 * job.params.parallel }

    func conversation(_ job: AnswerJob) -> any Conversation {
        LocalConversation(session: ChatSession(self.model, instructions: job.system))
    }

    private func stream(_ prompt: String, _ job: AnswerJob) async throws -> GenerationStream {
        let context = AsyncContext(self.model)
        guard !job.isRaw else { return context.stream(prompt, maxTokens: job.maxTokens, options: job.options) }
        let rendered = try await self.model.applyTemplate(job.messages(prompt))
        return context.stream(rendered: rendered, maxTokens: job.maxTokens, options: job.options)
    }
}
