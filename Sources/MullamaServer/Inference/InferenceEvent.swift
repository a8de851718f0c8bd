import Mullama

/// Something that happened to one of a run's answers.
enum InferenceEvent: Sendable {
    case chunk(GenerationChunk, answer: Int)
    case ended(InferenceEnd, answer: Int)
    /// Where the answers are that have not begun.
    case progress([AnswerProgress])
    /// Nothing has come for a while: time for a sign of life.
    case silence
}

/// How an answer ended.
struct InferenceEnd: Sendable {
    var reason: FinishReason
    var usage: Usage
    var timings: Timings
    var seed: UInt64
}
