/// What a model's engine must know to compute embeddings.
package struct EmbeddingSupport: Sendable {
    /// Numbers of a vector.
    package var width: Int
    /// The most tokens of a text.
    package var contextSize: Int
    /// Why the model cannot embed; nil if it can.
    package var refusal: MullamaError?
    /// Breaks off the part that is computed for a call that is over.
    let abort: AbortSignal
    /// Called on the engine's thread before the first text.
    package var makeBackend: @Sendable (_ wake: @escaping @Sendable () -> Void) -> any EmbeddingBackend

    /// - Parameter makeBackend: Given what the backend calls, from any thread, when what it made beside the engine's thread is there.
    package init(
        width: Int,
        contextSize: Int,
        refusal: MullamaError? = nil,
        abort: AbortSignal = AbortSignal(),
        makeBackend: @escaping @Sendable (_ wake: @escaping @Sendable () -> Void) -> any EmbeddingBackend
    ) {
        self.width = width
        self.contextSize = contextSize
        self.refusal = refusal
        self.abort = abort
        self.makeBackend = makeBackend
    }
}
