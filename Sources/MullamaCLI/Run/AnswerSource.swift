import Mullama

/// What answers prompts: a model in this process, or a daemon's.
protocol AnswerSource: Sendable {
    /// The model's name, as far as it is known yet.
    var modelName: String { get }
    /// Whether answers are what each would be alone; nil where that is not known.
    var reproducibility: ReproducibilityStatus? { get }

    /// Answers one prompt.
    ///
    /// - Parameter onText: Called with the text as it comes; an error of it ends the answer.
    /// - Returns: The answer, as far as it came, and the error that broke it off.
    func answer(
        _ prompt: String,
        _ job: AnswerJob,
        onText: (String) async throws -> Void
    ) async -> (answer: Answer, error: (any Error)?)

    /// How many prompts it should have at a time: some more than are computed together, so that none of the engine's places is empty while the next
    /// prompt is prepared.
    func width(_ job: AnswerJob) async -> Int

    /// A chat that it answers in.
    func conversation(_ job: AnswerJob) -> any Conversation
}
