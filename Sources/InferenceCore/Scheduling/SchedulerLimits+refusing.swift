extension SchedulerLimits {
    /// Why a request can never be served, whatever else runs; nil if it can. Told with the numbers, before any work.
    package func reasonToRefuse(_ request: GenerationRequest) -> RequestFault? {
        guard self.canGenerate else {
            return RequestFault(.unsupportedModel, "the model computes embeddings and does not generate: use a model that does")
        }
        let prompt = request.prompt.count
        if prompt == 0 {
            return RequestFault(.invalidRequest, "the prompt is empty: give at least one token")
        }
        if request.maxTokens < (request.scoresPrompt ? 0 : 1) {
            return RequestFault(.invalidRequest, "maxTokens is \(request.maxTokens): give at least 1")
        }
        if prompt >= request.contextSize, prompt > request.contextSize || request.maxTokens > 0 {
            return RequestFault(
                .contextWindowExceeded,
                "the prompt has \(prompt) tokens and the context holds \(request.contextSize), prompt and answer together: "
                    + "shorten the prompt or use a context of more than \(prompt) tokens"
            )
        }
        if request.overflow == .refuse, request.maxTokens > request.contextSize - prompt {
            return RequestFault(
                .contextWindowExceeded,
                "the prompt has \(prompt) tokens and maxTokens is \(request.maxTokens), but the context holds \(request.contextSize): "
                    + "ask for at most \(request.contextSize - prompt) tokens or use a larger context"
            )
        }
        if request.overflow == .shift, !self.canShift {
            return RequestFault(
                .invalidRequest,
                "this model's cache cannot be shifted: use overflow .stop, or a context that holds the whole answer"
            )
        }
        // With nobody else there, so that it does not wait for a turn that cannot come.
        if case .refuse(let fault) = CacheSizing(limits: self).decide(for: [request.cellsNeeded], running: [], present: .none) {
            return fault
        }
        return nil
    }
}
