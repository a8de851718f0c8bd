import InferenceCore

/// What went wrong, for people in ``message`` and for programs in ``code``.
///
/// Cancellation is not among the errors: a cancelled call throws Swift's `CancellationError`.
public struct MullamaError: Error, Sendable, CustomStringConvertible {
    /// What kind of error it is. Stable over releases; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) {
            self.name = name
        }

        public var description: String { self.name }

        /// There is no file at the path, or no model of the name in the store.
        public static let modelNotFound = Code("modelNotFound")
        /// The file is not a GGUF model, or a damaged one.
        public static let invalidModelFile = Code("invalidModelFile")
        /// The model is of a kind that cannot be run here.
        public static let unsupportedModel = Code("unsupportedModel")
        /// The machine has less memory than was asked for.
        public static let outOfMemory = Code("outOfMemory")
        /// An argument is out of its range, or two contradict each other.
        public static let invalidRequest = Code("invalidRequest")
        /// The grammar of the request does not parse, or has left the model no token to choose.
        public static let invalidGrammar = Code("invalidGrammar")
        /// The prompt, or prompt and answer together, are longer than the context.
        public static let contextWindowExceeded = Code("contextWindowExceeded")
        /// The KV cache may not grow as far as the request needs.
        public static let cacheExhausted = Code("cacheExhausted")
        /// More is asked for than can be queued.
        public static let overloaded = Code("overloaded")
        /// The time given to the call is over.
        public static let timedOut = Code("timedOut")
        /// The pool was closed.
        public static let poolClosed = Code("poolClosed")
        /// The runtime was shut down, or is about to be.
        public static let runtimeShutDown = Code("runtimeShutDown")
        /// The model was closed.
        public static let modelClosed = Code("modelClosed")
        /// A saved state belongs to another model or other parameters.
        public static let stateMismatch = Code("stateMismatch")
        /// The file system refused or failed; `underlying` is its `errno`.
        public static let ioFailed = Code("ioFailed")
        /// The C library failed in a way that is not the caller's doing.
        public static let engineFailed = Code("engineFailed")
    }

    public var code: Code
    /// What happened, with the numbers, and what to do about it. One line.
    public var message: String
    /// The C library's return code or `errno`, where there is one.
    public var underlying: Int?
    /// The text that had been generated before the error, where there was any.
    public var partialText: String?
    /// After which time the same call may be served, where that can be told: with `overloaded`.
    public var retryAfter: Duration?
    /// Whether the same call can never be served here, however long its caller waits: told where the code alone does not say so.
    package var isPermanent = false

    public init(
        _ code: Code,
        _ message: String,
        underlying: Int? = nil,
        partialText: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.underlying = underlying
        self.partialText = partialText
        self.retryAfter = retryAfter
    }

    public var description: String {
        let underlying = self.underlying.map { " (\($0))" } ?? ""
        return "\(self.code): \(self.message)\(underlying)"
    }
}

extension MullamaError {
    init(_ fault: RequestFault, partialText: String? = nil) {
        let code: Code =
            switch fault.code {
            case .invalidRequest: .invalidRequest
            case .unsupportedModel: .unsupportedModel
            case .invalidGrammar: .invalidGrammar
            case .contextWindowExceeded: .contextWindowExceeded
            case .outOfMemory: .outOfMemory
            case .cacheExhausted: .cacheExhausted
            case .engineFailed: .engineFailed
            case .modelClosed: .modelClosed
            case .overloaded: .overloaded
            case .timedOut: .timedOut
            }
        self.init(code, fault.message, underlying: fault.underlying, partialText: partialText, retryAfter: fault.retryAfter)
    }

    static let modelClosed = MullamaError(.modelClosed, "the model was closed: load it again to go on")
}
