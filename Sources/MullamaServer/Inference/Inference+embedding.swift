import Mullama

extension Inference {
    /// Computes all vectors that a request asks for, together.
    ///
    /// - Throws: ``MullamaError`` or ``APIError``; `CancellationError` when the task is cancelled.
    func embed(_ request: EmbeddingRequest, for context: ServerContext) async throws -> EmbeddingAnswer {
        let cancellation = CancellationToken()
        // Lists are made by those who index; who asks a question has one text. A class of all streams would leave these half of each step.
        let priority = request.options.priority ?? (request.inputs.count > 1 ? .batch : .normal)
        let entry = self.requests.begin(context, priority: priority, cancellation: cancellation)
        defer { entry.end() }
        let place = try self.admission.admit(self.models.resolve(request.model), answers: 1, key: context.keyName)
        defer { place.end() }
        var options = request.options
        let lease = try await self.lease(request.model, context.heeded(request.keepAlive), within: &options.deadline, cancellation)
        entry.found(lease)
        options.cancellation = cancellation
        options.priority = priority
        entry.embedding(texts: request.inputs.count)
        let begin = ContinuousClock.now
        let embeddings =
            switch request.inputs {
            case .texts(let texts): try await lease.model.embed(texts, options: options)
            case .tokens(let tokens): try await lease.model.embed(tokens: tokens, options: options)
            }
        let tokens = embeddings.usage.promptTokens
        entry.embedded(tokens: tokens, after: begin.duration(to: .now))
        self.metrics.model(lease.reference.name).embedded(
            texts: embeddings.count,
            tokens: tokens,
            after: context.received.duration(to: .now)
        )
        return EmbeddingAnswer(model: lease.reference, embeddings: embeddings, loadTime: lease.loadTime)
    }
}
