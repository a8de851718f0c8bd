package import InferenceCore

/// Between two calls of a context.
extension InferenceEngine {
    package func submit(_ job: ContextJob, _ id: RequestID, on context: ContextID) {
        guard self.isRunning else { return job.refuse() }
        self.jobs[id] = job
        self.scheduler.addBarrier(id, context)
        self.wake()
    }

    package func endJob(_ id: RequestID) {
        self.scheduler.passBarrier(id)
        self.wake()
    }

    package func forget(_ context: ContextID) {
        self.scheduler.forget(context)
    }

    /// What a context has computed; nothing if the cache cannot give it.
    func takeOut(_ context: ContextID) -> (tokens: [Token], snapshot: SequenceSnapshot) {
        guard let prefix = self.scheduler.cutForSaving(context),
            var snapshot = self.backend?.snapshot(of: prefix.source, keeping: prefix.tokens.count)
        else { return ([], SequenceSnapshot(bytes: [])) }
        snapshot.isRelaxed = self.scheduler.isRelaxed
        return (prefix.tokens, snapshot)
    }

    /// Gives a context what was taken out.
    ///
    /// - Parameter name: What an error calls it.
    /// - Throws: ``MullamaError/Code/stateMismatch`` if answers would come to depend on what was computed elsewhere, and may not.
    func putIn(_ tokens: [Token], _ snapshot: SequenceSnapshot, for context: ContextScope, name: String) throws(MullamaError) {
        guard !tokens.isEmpty else { return }
        guard self.scheduler.isRelaxed || !snapshot.isRelaxed else {
            throw MullamaError(
                .stateMismatch,
                "\(name) was computed where answers may depend on load, and this model's do not: save it anew, or load the model with "
                    + "reproducibility relaxed"
            )
        }
        self.backend?.keep(self.scheduler.keep(tokens, for: context.id, isStrict: context.isStrict), snapshot)
    }
}
