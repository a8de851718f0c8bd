/// The error of one of several prompts.
struct PromptError: Error {
    /// Counted from 1, as lines are.
    let line: Int
    let cause: any Error
}
