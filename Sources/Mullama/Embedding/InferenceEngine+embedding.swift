import InferenceCore

extension InferenceEngine {
    func makeEmbeddingWorker(_ support: EmbeddingSupport) -> EmbeddingWorker {
        let wake: @Sendable () -> Void = { [weak self] in self?.send { $0.wake() } }
        return EmbeddingWorker(clock: self.clock) { support.makeBackend(wake) }
    }

    /// A call for embeddings was made; its texts follow when they are tokens.
    func expectEmbeddings(_ call: EmbeddingCall) {
        guard self.isRunning, let worker = self.embedding else {
            call.finish(.failure(MullamaError.modelClosed))
            return
        }
        worker.expect(call)
    }

    func addEmbeddings(_ job: EmbeddingJob) {
        self.embedding?.add(job)
        self.wake()
    }

    /// Drops a call that nobody waits for any more.
    func removeEmbeddings(_ request: RequestID) {
        self.embedding?.remove(request)
        self.wake()
    }
}
