extension AsyncModel {
    /// Whether the model was trained to write what stands between two texts. See ``AsyncContext/stream(infillBetween:and:maxTokens:options:)``.
    public var supportsInfill: Bool { self.host.supportsInfill }
}

extension AsyncContext {
    /// Starts to write what stands between two texts, as an editor's completion does. Control tokens in the texts are taken as plain text.
    ///
    /// - Parameters:
    ///   - prefix: The text before.
    ///   - suffix: The text after. One of the two may be empty.
    ///   - maxTokens: The most tokens to generate, at least 1.
    /// - Returns: The text between. The stream throws ``MullamaError/Code/unsupportedModel`` for a model without ``AsyncModel/supportsInfill``, and
    ///   what ``generate(_:maxTokens:options:)`` throws.
    public func stream(
        infillBetween prefix: String,
        and suffix: String,
        maxTokens: Int = 256,
        options: GenerationOptions = .init()
    ) -> GenerationStream {
        self.stream(.infill(prefix: prefix, suffix: suffix, model: self.model.info.name), maxTokens: maxTokens, options: options)
    }
}
