public import Foundation
public import InferenceCore

/// A model in memory, ready to generate. Share it freely: it is one object however many contexts and tasks use it, and it is freed when the
/// last of them, and of their streams, is gone.
public final class AsyncModel: Sendable {
    /// What the model is.
    public var info: ModelInfo {
        var info = self.loadedInfo
        if let status = self.reproducibility?() { info.reproducibility = status }
        return info
    }

    private let loadedInfo: ModelInfo
    private let reproducibility: (@Sendable () -> ReproducibilityStatus)?
    /// The size of contexts that do not ask for another.
    let contextSize: Int
    /// What contexts cost, may cost, and were promised.
    let account: MemoryAccount
    let host: ModelHost
    let templates: ModelTemplates

    /// - Parameter reproducibility: Asked for what is known now; nil if the info says it.
    package init(
        info: ModelInfo,
        contextSize: Int,
        account: MemoryAccount,
        host: ModelHost,
        templates: ModelTemplates,
        reproducibility: (@Sendable () -> ReproducibilityStatus)? = nil
    ) {
        self.loadedInfo = info
        self.reproducibility = reproducibility
        self.contextSize = contextSize
        self.account = account
        self.host = host
        self.templates = templates
    }

    // MARK: Loading

    /// Loads a model by a path to a GGUF file, or by its name in the model store (`smollm2:135m`).
    ///
    /// - Parameter onProgress: Called with the part that is loaded, rising from 0 to 1, in the task and on the actor of the caller. The load does
    ///   not wait for it: values that come while it is busy are skipped but for the last. A model that is in memory already has no progress.
    /// - Throws: ``MullamaError`` with `modelNotFound`, `invalidModelFile`, `unsupportedModel`, `outOfMemory` or `invalidRequest`.
    ///   `CancellationError` when the task is cancelled: the load ends and its memory is freed.
    public static func load(
        _ nameOrPath: String,
        _ params: ModelParams = .init(),
        onProgress: (@Sendable (Double) -> Void)? = nil
    ) async throws -> AsyncModel {
        try await ModelLoader(params, onProgress: onProgress).load(nameOrPath)
    }

    /// Loads a model from a GGUF file. See ``load(_:_:onProgress:)``.
    public static func load(
        contentsOf url: URL,
        _ params: ModelParams = .init(),
        onProgress: (@Sendable (Double) -> Void)? = nil
    ) async throws -> AsyncModel {
        try await ModelLoader(params, onProgress: onProgress).load(url.isFileURL ? url.path : url.absoluteString)
    }

    // MARK: Text and tokens

    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - addSpecial: Whether to put the tokens around it that the model wants at the start and end of a text.
    ///   - parseSpecial: Whether names of control tokens in the text become those tokens. Only for text that you trust.
    /// - Throws: ``MullamaError/Code/modelClosed``.
    public func tokenize(_ text: String, addSpecial: Bool = true, parseSpecial: Bool = false) async throws -> [Token] {
        try await self.host.withVocabulary(size: text.utf8.count) {
            try $0.tokenize(text, addSpecial: addSpecial, parseSpecial: parseSpecial)
        }
    }

    /// The text of tokens, control tokens written out. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: ``MullamaError/Code/invalidRequest`` for a token that the model does not have, `modelClosed`.
    public func detokenize(_ tokens: [Token]) async throws -> String {
        try await self.host.withVocabulary(size: tokens.count) { try $0.detokenize(tokens) }
    }

    // MARK: Generating

    /// Generates an answer on a context of its own. See ``AsyncContext/generate(_:maxTokens:options:)``.
    public func generate(_ prompt: String, maxTokens: Int = 256, options: GenerationOptions = .init()) async throws -> String {
        try await AsyncContext(self).generate(prompt, maxTokens: maxTokens, options: options)
    }

    /// Generates answers to all prompts together, each on a context of its own.
    ///
    /// - Returns: The answers in the order of the prompts.
    /// - Throws: The error of the first prompt, in their order, that has one; the others are cancelled.
    public func generateAll(
        _ prompts: [String],
        maxTokens: Int = 256,
        options: GenerationOptions = .init()
    ) async throws -> [String] {
        let streams = prompts.map { AsyncContext(self).stream($0, maxTokens: maxTokens, options: options) }
        for stream in streams { stream.collectsWhole() }
        var answers: [String] = []
        for stream in streams {
            answers.append(try await stream.collect().text)
        }
        return answers
    }

    /// Generates answers to all prompts together, each on a context of its own, and yields each as soon as it is complete.
    ///
    /// A prompt that fails leaves the others as they are. Leaving the loop early, dropping the sequence, or cancelling the task that iterates
    /// it cancels the rest.
    ///
    /// ```swift
    /// for await (index, result) in model.generateEach(prompts) {
    ///     print(prompts[index], try result.get().text)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - maxTokens: The most tokens of each answer, at least 1.
    ///   - options: Those of each call; a deadline counts from this call on.
    /// - Returns: For each prompt its index among the prompts, and its answer or its error, in the order in which they end.
    public func generateEach(_ prompts: [String], maxTokens: Int = 256, options: GenerationOptions = .init()) -> GenerationResults {
        GenerationResults(prompts.map { AsyncContext(self).stream($0, maxTokens: maxTokens, options: options) })
    }

    /// Serves the calls that were made, then frees the cache and ends the model's threads. Later calls throw ``MullamaError/Code/modelClosed``.
    /// The weights go when nobody holds the model any more.
    public func close() async {
        await self.host.close(grace: nil)
    }

    /// Closes the model as ``close()`` does, but waits no longer than `grace` for the calls that were made: those that still run then, or
    /// wait, throw ``MullamaError/Code/modelClosed`` with their text so far.
    ///
    /// Beside an earlier close, the shorter time counts.
    public func close(grace: Duration) async {
        await self.host.close(grace: max(.zero, grace))
    }

    // MARK: Watching

    /// What was generated so far, counted. Reading it waits for nothing.
    public var metrics: GenerationMetrics { self.host.activity.metrics }

    /// The generations that are on their way, in the order in which they were called for.
    public var generations: [GenerationStatus] { self.host.activity.live }

    /// The last 1,000 generations that ended, the latest last.
    public var recentGenerations: [GenerationRecord] { self.host.activity.records }
}
