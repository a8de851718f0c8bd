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

    /// A chat that it answers in.
    func conversation(_ job: AnswerJob) -> any Conversation
}
