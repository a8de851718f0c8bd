import Mullama

/// Starts what the APIs ask for.
struct Inference: Sendable {
    let models: ModelRegistry
    let requests: RequestLog
    let admission: Admission
    let metrics: ServerMetrics

    /// Starts all answers of a request. When this returns, every one of them has been checked and handed to the engine, so that a request that
    /// cannot be served is refused before anything is answered.
    ///
    /// - Throws: ``MullamaError`` or ``APIError``; `CancellationError` when the task is cancelled.
    func start(_ request: InferenceRequest, for context: ServerContext) async throws -> InferenceRun {
        let cancellation = CancellationToken()
        let entry = self.requests.begin(context, priority: request.options.priority ?? .normal, cancellation: cancellation)
        do {
            let place = try self.admission.admit(
                self.models.resolve(request.model),
                answers: request.prompts.count * request.choices,
                key: context.keyName
            )
            var options = request.options
            var loading = request.deadlineCountsLoad ? options.deadline : nil
            let lease = try await self.lease(request.model, context.heeded(request.keepAlive), within: &loading, cancellation)
            entry.found(lease)
            options.deadline = loading ?? options.deadline
            try Self.check(request, lease.model)
            let params = ContextParams(contextSize: Self.contextSize(request, lease.model.info))
            options.cancellation = cancellation
            options.priority = options.priority ?? .normal
            options.waited = context.received.duration(to: .now)
            // All of them are on their way before the first is waited for.
            var streams: [GenerationStream] = []
            for prompt in request.prompts {
                for choice in 0..<request.choices {
                    // Choices of one prompt would all be the same with the seed that was asked for.
                    options.seed = request.options.seed.map { $0 &+ UInt64(choice) }
                    streams.append(Self.stream(prompt, request.maxTokens ?? .max, options, in: AsyncContext(lease.model, params)))
                }
            }
            entry.started(streams, choices: request.choices, on: lease.model)
            var promptTokens: [Int] = []
            for stream in streams { promptTokens.append(try await stream.accepted()) }
            return InferenceRun(
                lease: lease,
                promptTokens: promptTokens,
                choices: request.choices,
                streams: streams,
                cancellation: cancellation,
                onLeave: { entry.clientLeft() },
                onEnd: {
                    entry.end()
                    place.end()
                }
            )
        } catch {
            entry.end()
            throw error
        }
    }

    /// The model, loaded if it must be.
    ///
    /// - Parameter deadline: How long the request may take. What is left of it is for the engine.
    func lease(
        _ model: String?,
        _ keepAlive: KeepAlive?,
        within deadline: inout Duration?,
        _ cancellation: CancellationToken
    ) async throws -> ModelLease {
        let lease = { @Sendable [models] in try await cancellation.cancelling { try await models.lease(model, keepAlive: keepAlive) } }
        guard let limit = deadline else { return try await lease() }
        let begin = ContinuousClock.now
        let found = try await withTimeout(limit) { try await lease() }
        deadline = max(.milliseconds(1), limit - begin.duration(to: .now))
        return found
    }

    /// Refuses what this model cannot heed, before anything is started.
    private static func check(_ request: InferenceRequest, _ model: AsyncModel) throws(APIError) {
        for prompt in request.prompts {
            switch prompt {
            case .chat(_, let tools, _): try model.check(tools: tools)
            case .infill where !model.supportsInfill:
                throw .invalid(
                    "suffix",
                    code: "unsupported_parameter",
                    "suffix is not supported by this model: it has no tokens that mark the text before and after; use one that was trained for infill"
                )
            default: break
            }
        }
        let size = model.info.vocabularySize
        guard let stranger = request.options.logitBias.keys.map(\.rawValue).filter({ $0 >= size }).min() else { return }
        throw .invalid("logit_bias", "logit_bias names token \(stranger): the model's vocabulary has \(size) tokens")
    }

    private static func contextSize(_ request: InferenceRequest, _ info: ModelInfo) -> Int? {
        guard request.clampsContext, info.trainingContextSize > 0 else { return request.contextSize }
        return request.contextSize.map { min($0, info.trainingContextSize) }
    }

    private static func stream(
        _ prompt: InferenceRequest.Prompt,
        _ maxTokens: Int,
        _ options: GenerationOptions,
        in context: AsyncContext
    ) -> GenerationStream {
        switch prompt {
        case .text(let text): return context.stream(text, maxTokens: maxTokens, options: options)
        case .tokens(let tokens): return context.stream(tokens, maxTokens: maxTokens, options: options)
        case .rendered(let text): return context.stream(rendered: text, maxTokens: maxTokens, options: options)
        case .chat(let messages, let tools, let variables):
            let messages = messages.known(to: context.model)
            return context.stream(chat: messages, tools: tools, variables: variables, maxTokens: maxTokens, options: options)
        case .infill(let prefix, let suffix):
            return context.stream(infillBetween: prefix, and: suffix, maxTokens: maxTokens, options: options)
        }
    }
}
