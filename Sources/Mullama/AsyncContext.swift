public import Foundation
public import InferenceCore

/// A place to generate in: it remembers what it has computed, so that prompts that begin alike start sooner, and nothing else.
///
/// Making one costs nothing; memory is used when something is generated. Two calls on one context are served one after the other, in the
/// order in which they were made; calls on different contexts are computed together.
public struct AsyncContext: Sendable {
    /// Tokens of prompt and answer together that the context holds.
    public let contextSize: Int
    /// Whether it shares computed prefixes with other contexts.
    public let isolation: CacheIsolation
    public let model: AsyncModel
    private let id: ContextID

    public init(_ model: AsyncModel, _ params: ContextParams = .init()) {
        self.model = model
        self.contextSize = params.contextSize ?? model.contextSize
        self.isolation = params.isolation
        self.id = model.host.makeContext()
    }

    /// Generates an answer. The text goes to the model as it is: for a chat, see ``ChatSession``, or
    /// ``AsyncModel/applyTemplate(_:tools:addGenerationPrompt:variables:template:date:)``.
    ///
    /// - Parameters:
    ///   - prompt: At least one character. It is refused if it does not fit the context.
    ///   - maxTokens: The most tokens to generate, at least 1, or 0 with ``GenerationOptions/promptLogprobs``. The answer ends sooner where
    ///     the model ends it, and at the context's end, so that `Int.max` means "up to there".
    /// - Throws: ``MullamaError``, with the text so far where there is any. `CancellationError` when the task or the options' token is
    ///   cancelled: at once for the caller, and after the present step for the engine. The context works on.
    public func generate(_ prompt: String, maxTokens: Int = 256, options: GenerationOptions = .init()) async throws -> String {
        try await self.stream(prompt, maxTokens: maxTokens, options: options).collect().text
    }

    /// Starts an answer that comes in parts. See ``generate(_:maxTokens:options:)``; errors are thrown by the stream.
    public func stream(_ prompt: String, maxTokens: Int = 256, options: GenerationOptions = .init()) -> GenerationStream {
        self.stream(.text(prompt), maxTokens: maxTokens, options: options)
    }

    /// Starts an answer to a prompt of tokens.
    public func stream(_ prompt: [Token], maxTokens: Int = 256, options: GenerationOptions = .init()) -> GenerationStream {
        self.stream(.tokens(prompt), maxTokens: maxTokens, options: options)
    }

    /// Starts the answer to a conversation's rendered prompt: control tokens in it are meant as such. The token that the model wants at the
    /// start of a text is put before it, unless it begins with that already.
    public func stream(rendered prompt: String, maxTokens: Int = 256, options: GenerationOptions = .init()) -> GenerationStream {
        self.stream(.rendered(prompt), maxTokens: maxTokens, options: options)
    }

    // MARK: What was computed

    /// Forgets what was computed by the calls that were made before, once they have ended. Answers stay the same; the next one starts from
    /// scratch. Cancelling the task ends the waiting and not the clearing.
    public func clear() async {
        await self.model.host.forget(self.id)
    }

    /// Writes the longest prompt beginning that the context has computed into a file, after the calls that were made before.
    ///
    /// With ``restore(from:)``, later prompts that begin alike start sooner, in another run of the program too. What calls of others took
    /// the place of is not there any more: save soon after the call.
    ///
    /// - Throws: ``MullamaError`` with `ioFailed` (a file that was there is as before) or `modelClosed`. `CancellationError` when the task is
    ///   cancelled before the calls made before have ended; nothing is written then.
    public func save(to url: URL) async throws {
        try await self.model.host.save(self.id, to: url)
    }

    /// Reads a file that ``save(to:)`` wrote with the same model, after the calls that were made before.
    ///
    /// Answers stay the same. The prefix is held in memory beside the KV cache until ``clear()``, and serves all contexts of the model unless this one is ``CacheIsolation/strict``.
    ///
    /// - Throws: ``MullamaError`` with `stateMismatch` for a file that is damaged, of another model or of other parameters, `ioFailed` or
    ///   `modelClosed`; the context is as before then. `CancellationError` when the task is cancelled.
    public func restore(from url: URL) async throws {
        try await self.model.host.restore(self.scope, from: url)
    }

    /// Cancels the calls that were made on this context and have not ended: they throw `CancellationError` after the engine's present step.
    /// Later calls work.
    public func cancelAll() {
        self.model.host.cancelAll(of: self.id)
    }

    private var scope: ContextScope {
        ContextScope(id: self.id, contextSize: self.contextSize, isStrict: self.isolation == .strict)
    }

    func stream(_ prompt: Prompt, maxTokens: Int, options: GenerationOptions) -> GenerationStream {
        GenerationStream(
            self.model.host.start(prompt, maxTokens: maxTokens, options: options, in: self.scope)
        )
    }
}
