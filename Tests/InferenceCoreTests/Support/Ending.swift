import InferenceCore

/// How a request ended.
enum Ending: Equatable {
    case finished(FinishReason, Usage, Timings)
    case failed(RequestFault, Usage, Timings)

    var reason: FinishReason? {
        if case .finished(let reason, _, _) = self { reason } else { nil }
    }

    var fault: RequestFault? {
        if case .failed(let fault, _, _) = self { fault } else { nil }
    }

    var usage: Usage {
        switch self {
        case .finished(_, let usage, _), .failed(_, let usage, _): usage
        }
    }

    var timings: Timings {
        switch self {
        case .finished(_, _, let timings), .failed(_, _, let timings): timings
        }
    }
}
