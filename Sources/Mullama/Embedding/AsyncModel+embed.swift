public import InferenceCore

extension AsyncModel {
    /// Turns texts into vectors that are close to each other where the texts mean alike.
    ///
    /// Each text is computed by itself, so that its vector is the same to the bit whatever else is in the list, and whatever else the model does. The
    /// texts are pieced in between the steps of generations, which go on meanwhile: see <doc:TextEmbeddings>.
    ///
    /// Cancelling the task ends the call at once; the engine stops after the piece that it is in.
    ///
    /// - Parameter texts: At least one, none of them empty.
    /// - Returns: The embeddings in the order of the texts.
    /// - Throws: ``MullamaError`` with `invalidRequest` for empty texts and options out of their range, `contextWindowExceeded` for a text that is too
    ///   long, `outOfMemory`, `unsupportedModel` for a model that ranks pairs of texts instead, `timedOut`, `modelClosed`, or `engineFailed`. The
    ///   first text that fails ends the call. `CancellationError` for a cancelled task or token.
    public func embed(_ texts: [String], options: EmbeddingOptions = .init()) async throws -> [Embedding] {
        try await self.host.embed(.texts(texts), options: options)
    }

    /// The same for texts that are tokens already. They are taken as they are: the tokens that the model wants at the start and end of a text must
    /// be among them (``tokenize(_:addSpecial:parseSpecial:)``).
    public func embed(tokens: [[Token]], options: EmbeddingOptions = .init()) async throws -> [Embedding] {
        try await self.host.embed(.tokens(tokens), options: options)
    }
}
