import Mullama

/// A whole answer, and which of the request's prompts it is for.
struct InferenceAnswer: Sendable {
    /// Counts through all prompts and their choices.
    var index: Int
    /// Which prompt it answers.
    var prompt: Int
    var generation: Generation
}
