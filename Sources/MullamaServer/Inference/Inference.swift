import Mullama

/// Starts what the APIs ask for.
struct Inference: Sendable {
    let models: ModelRegistry
    let requests: RequestLog
    let admission: Admission

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
            let lease = try await cancellation.cancelling { try await self.models.lease(request.model, keepAlive: request.keepAlive) }
            entry.found(lease)
            try Self.check(request.options.logitBias, lease.model.info)
            var options = request.options
            options.cancellation = cancellation
            options.priority = options.priority ?? .normal
            // All of them are on their way before the first is waited for.
            var streams: [GenerationStream] = []
            for prompt in request.prompts {
                for choice in 0..<request.choices {
                    // Choices of one prompt would all be the same with the seed that was asked for.
                    options.seed = request.options.seed.map { $0 &+ UInt64(choice) }
                    let context = AsyncContext(lease.model, ContextParams(contextSize: request.contextSize))
                    streams.append(try Self.stream(prompt, request.maxTokens ?? .max, options, in: context))
                }
            }
            entry.started(streams, on: lease.model)
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

    private static func check(_ bias: [Token: Double], _ info: ModelInfo) throws(APIError) {
        guard let stranger = bias.keys.filter({ $0.rawValue >= info.vocabularySize }).map(\.rawValue).min() else { return }
        throw .invalid("logit_bias", "logit_bias names token \(stranger): the model's vocabulary has \(info.vocabularySize) tokens")
    }

    private static func stream(
        _ prompt: InferenceRequest.Prompt,
        _ maxTokens: Int,
        _ options: GenerationOptions,
        in context: AsyncContext
    ) throws -> GenerationStream {
        switch prompt {
        case .text(let text): return context.stream(text, maxTokens: maxTokens, options: options)
        case .tokens(let tokens): return context.stream(tokens, maxTokens: maxTokens, options: options)
        case .rendered(let text): return context.stream(rendered: text, maxTokens: maxTokens, options: options)
        case .chat(let messages, let tools, let variables):
            let messages = messages.known(to: context.model)
            return context.stream(chat: messages, tools: tools, variables: variables, maxTokens: maxTokens, options: options)
        case .infill: throw APIError.invalid("suffix", "the model has no tokens for infill")
        }
    }
}
