/// Why a request got no work done: a label of the metric that counts them.
package enum RefusalReason: String, Sendable, Hashable, CaseIterable {
    /// The queue of its model is as long as it may be.
    case queueFull = "queue_full"
    /// It waited as long as it may.
    case waitedTooLong = "waited_too_long"
    /// Its key, or all together, have as many requests on their way as they may.
    case concurrency
    /// The server is shutting down.
    case draining
    /// No key, or one that is not known.
    case unauthorized
    /// Its key may not do that, or its Host or Origin is not let in.
    case forbidden
    /// The body is longer than it may be.
    case bodyTooLarge = "body_too_large"
    /// The prompt is longer than the model's context.
    case contextLength = "context_length"
    /// There is no such model.
    case modelNotFound = "model_not_found"
    /// The model could not be loaded, or the memory for it is not there.
    case modelUnavailable = "model_unavailable"
}
