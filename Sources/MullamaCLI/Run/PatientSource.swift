import Mullama

/// Asks again what has too much to do, when it says that it may have room: for many prompts, of which a daemon takes so many at a time.
struct PatientSource: AnswerSource {
    /// How long it waits if it is not told.
    private static let usualWait = Duration.seconds(1)

    let base: any AnswerSource
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    var modelName: String { self.base.modelName }
    var reproducibility: ReproducibilityStatus? { self.base.reproducibility }

    func answer(
        _ prompt: String,
        _ job: AnswerJob,
        onText: (String) async throws -> Void
    ) async -> (answer: Answer, error: (any Error)?) {
        while true {
            let (answer, error) = await self.base.answer(prompt, job, onText: onText)
            // What has begun is not begun anew.
            guard let refusal = error as? MullamaError, refusal.code == .overloaded, answer.text.isEmpty else { return (answer, error) }
            do {
                try await self.sleep(refusal.retryAfter ?? Self.usualWait)
            } catch {
                return (answer, error)
            }
        }
    }

    func width(_ job: AnswerJob) async -> Int { await self.base.width(job) }

    func conversation(_ job: AnswerJob) -> any Conversation { self.base.conversation(job) }
}
