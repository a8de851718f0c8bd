/// What the engine must tell the outside after an input to the scheduler.
public enum EngineAction: Sendable, Equatable {
    /// More of a request's answer. `tokens` are those whose text ends in `text`; `logprobs` is empty, or has one for each of them.
    case emit(RequestID, text: String, tokens: [Token], logprobs: [TokenLogprob] = [])
    /// All of a request's prompt is computed, and this is how likely its tokens were, but for the first.
    case scored(RequestID, [TokenLogprob])
    /// The request is over; nothing follows for it.
    case finish(RequestID, FinishReason, Usage, Timings)
    /// The request failed; nothing follows for it.
    case fail(RequestID, RequestFault, Usage, Timings)

    public var request: RequestID {
        switch self {
        case .emit(let id, _, _, _), .scored(let id, _), .finish(let id, _, _, _), .fail(let id, _, _, _): id
        }
    }
}
