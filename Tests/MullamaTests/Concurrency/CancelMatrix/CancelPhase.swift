/// Where a call is when it is cancelled.
enum CancelPhase: String, CaseIterable, Sendable {
    /// The prompt is with the text thread: the engine does not know of the call.
    case beforeSubmit
    /// All slots are taken by others.
    case queued
    /// The model is not there yet.
    case loading
    /// The engine is in the middle of the prompt.
    case prefill
    /// The engine is in the middle of the answer.
    case decode
    /// The reader is elsewhere, so that the engine has paused the call.
    case consumerBlocked
    /// The engine has done its work; the answer may not be read yet.
    case afterEnd
}
