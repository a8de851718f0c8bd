import InferenceCore

extension ModelHost {
    /// Computes embeddings, in the order of the texts.
    func embed(_ input: EmbeddingInput, options: EmbeddingOptions) async throws -> [Embedding] {
        try Task.checkCancellation()
        guard let support = self.embedding else {
            throw MullamaError(.unsupportedModel, "this model computes no embeddings: use another model")
        }
        if let refusal = support.refusal { throw refusal }
        try options.validate(for: support)
        try input.validate()

        let priority = options.priority ?? RequestPriority(Task.currentPriority)
        let deadline = options.deadline.map { self.engine.clock.now() + min($0, .seconds(3_000_000_000)) }
        let request = self.nextRequest()
        let call = EmbeddingCall(request, count: input.count) { [engine] in
            support.abort.cancel(request)
            engine.send {
                $0.removeEmbeddings(request)
                support.abort.forget(request)
            }
        }
        let job = EmbeddingJob(
            request: request,
            texts: [],
            form: EmbeddingForm(dimensions: options.dimensions, normalize: options.normalize),
            priority: priority
        )
        let limit = options.contextSize ?? support.contextSize
        let isOpen = self.withOpenVocabulary { vocabulary in
            self.engine.send { $0.expectEmbeddings(call) }
            self.tokenize(input, vocabulary, limit: limit, truncate: options.truncate, into: job, for: call)
        }
        guard isOpen else { throw MullamaError.modelClosed }
        if let deadline { call.expire(at: deadline, on: self.engine.clock) }
        if let token = options.cancellation { call.cancel(with: token) }
        // The engine ends with the host.
        defer { withExtendedLifetime(self) {} }
        return try await call.wait()
    }

    /// Makes tokens of some texts after what the text thread has to do already, then of the next ones, and hands all to the engine.
    private func tokenize(
        _ input: EmbeddingInput,
        _ vocabulary: any TextModel,
        limit: Int,
        truncate: Bool,
        into job: EmbeddingJob,
        for call: EmbeddingCall
    ) {
        let isTaken = self.text.run { [self] in
            guard !call.isOver else { return }
            var job = job
            var size = 0
            do {
                while job.texts.count < input.count, size < Self.slice {
                    size += input.size(job.texts.count)
                    job.texts.append(try input.tokens(job.texts.count, vocabulary, limit: limit, truncate: truncate))
                }
            } catch {
                return call.abandon(error)
            }
            if job.texts.count < input.count {
                self.tokenize(input, vocabulary, limit: limit, truncate: truncate, into: job, for: call)
            } else {
                self.engine.send { [job] in $0.addEmbeddings(job) }
            }
        }
        if !isTaken { call.abandon(MullamaError.modelClosed) }
    }
}
