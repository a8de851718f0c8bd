import InferenceCore

/// What is known of a generation once it has ended.
struct GenerationSummary: Sendable {
    var finishReason: FinishReason
    var usage: Usage
    var timings: Timings
}
