import HTTPTypes

/// Why a request got no work done: a label of the metric that counts them.
package enum RefusalReason: String, Sendable, Hashable, CaseIterable {
    /// As many wait for its model as may.
    case queueFull = "queue_full"
    /// It waited as long as it may, or the model itself has more to do than it takes.
    case overloaded
    /// Its key, or all together, have as many requests on their way as they may.
    case concurrency
    /// The server is shutting down.
    case shuttingDown = "shutting_down"
    /// No key, or one that is not known.
    case unauthorized
    /// Its key may not do that, or its Host or Origin is not let in.
    case forbidden
    /// There were too many connections for one more.
    case connections
    /// What was sent is not HTTP, or has too large a head.
    case malformed
    /// The head or the body did not come in time.
    case tooSlow = "too_slow"
    /// The bodies of all requests together take as much memory as they may.
    case bodyMemory = "body_memory"
    /// The body is longer than it may be.
    case bodyTooLarge = "body_too_large"
    /// The prompt is longer than the model's context, or takes more of the KV cache than there may ever be.
    case contextLength = "context_length"
    /// There is no such model.
    case modelNotFound = "model_not_found"
    /// The model could not be loaded, or the memory for it is not there.
    case modelUnavailable = "model_unavailable"
}

extension RefusalReason {
    /// - Returns: Nil for errors that are the request's own, and for those that came after work was done.
    init?(_ error: APIError) {
        switch (error.status, error.code) {
        case (.unauthorized, _): self = .unauthorized
        case (.forbidden, _): self = .forbidden
        case (.contentTooLarge, _): self = .bodyTooLarge
        case (.notFound, "model_not_found"): self = .modelNotFound
        case (.badRequest, "context_length_exceeded"): self = .contextLength
        case (_, "too_many_connections"): self = .connections
        case (_, "malformed_http"), (_, "head_too_large"): self = .malformed
        case (_, "head_timeout"), (_, "body_timeout"): self = .tooSlow
        case (_, "body_memory"): self = .bodyMemory
        case (_, "queue_full"): self = .queueFull
        case (_, "concurrency_limit"): self = .concurrency
        case (_, "shutting_down"): self = .shuttingDown
        case (_, "overloaded"): self = .overloaded
        case (.serviceUnavailable, _): self = .modelUnavailable
        default: return nil
        }
    }
}
