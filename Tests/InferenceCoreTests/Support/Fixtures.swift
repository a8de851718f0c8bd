import InferenceCore

extension Token {
    static func numbered(_ numbers: Range<Int>) -> [Token] {
        numbers.map { Token(rawValue: Int32($0)) }
    }
}

extension GenerationRequest {
    /// A request on a context of its own. Its prompt is made of the tokens from `prompt`.
    static func sample(
        _ id: UInt64,
        context: UInt64? = nil,
        prompt: Range<Int> = 0..<20,
        maxTokens: Int = 4,
        contextSize: Int = 512,
        stops: [String] = [],
        overflow: OverflowPolicy = .stop,
        priority: RequestPriority = .normal,
        deadline: Duration? = nil,
        scoresPrompt: Bool = false
    ) -> GenerationRequest {
        GenerationRequest(
            id: RequestID(id),
            context: ContextID(context ?? id),
            prompt: Token.numbered(prompt),
            maxTokens: maxTokens,
            contextSize: contextSize,
            stopSequences: stops,
            overflow: overflow,
            priority: priority,
            deadline: deadline,
            scoresPrompt: scoresPrompt
        )
    }
}
