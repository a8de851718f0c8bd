import InferenceCore

/// What the engine must know of the context that a call is made on.
struct ContextScope: Sendable {
    var id: ContextID
    var contextSize: Int
    var isStrict = false
}
