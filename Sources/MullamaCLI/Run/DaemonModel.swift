import ChatTemplates
import Mullama
import MullamaServer

/// A model of a running daemon.
struct DaemonModel: AnswerSource {
    let client: DaemonClient
    let modelName: String
    let reproducibility: ReproducibilityStatus? = nil

    func answer(
        _ prompt: String,
        _ job: AnswerJob,
        onText: (String) async throws -> Void
    ) async -> (answer: Answer, error: (any Error)?) {
        await self.answer(
            job.isRaw ? .raw(prompt) : .messages(job.messages(prompt)),
            job.maxTokens,
            job.options,
            job.params.contextSize,
            onText
        )
    }

    func answer(
        _ prompt: LocalRequest.Prompt,
        _ maxTokens: Int,
        _ options: GenerationOptions,
        _ contextSize: Int?,
        _ onText: (String) async throws -> Void
    ) async -> (answer: Answer, error: (any Error)?) {
        var answer = Answer(seed: options.seed ?? 0)
        let request = LocalRequest(
            model: self.modelName,
            prompt: prompt,
            maxTokens: maxTokens,
            contextSize: contextSize,
            options: options
        )
        let loading = LoadWatch(self.client, self.modelName)
        defer { loading.end() }
        do {
            var isOver = false
            try await self.client.lines("/generate", request.json) { line in
                switch LocalEvent(json: line) {
                case .accepted(let model, let loadTime):
                    loading.end()
                    answer.model = model
                    answer.loadTime = loadTime
                case .text(let text):
                    answer.text += text
                    try await onText(text)
                case .end(let reason, let usage, let timings):
                    answer.finishReason = reason
                    answer.measures = Answer.Measures(usage: usage, timings: timings)
                    isOver = true
                case .failure(let error): throw error
                case .cancelled(let message): throw DaemonError.cancelled(message)
                case nil: break
                }
            }
            guard isOver else { throw DaemonError.lost("ended the answer before its end") }
            return (answer, nil)
        } catch {
            // The request itself cannot tell a cancel from a connection that broke.
            let error = Task.isCancelled && !(error is OutputError) ? CancellationError() : error
            answer.finishReason = AnswerJob.reason(error)
            return (answer, error)
        }
    }

    /// By what the daemon computes together; one that does not tell is given as much as a model of this process.
    func width(_ job: AnswerJob) async -> Int {
        let status = try? await LocalStatus(json: self.client.get("/status"))
        return 2 * max(1, status?.parallel ?? job.params.parallel)
    }

    func conversation(_ job: AnswerJob) -> any Conversation {
        DaemonConversation(self, job)
    }
}
