/// Why one request failed. The others go on.
public struct RequestFault: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable {
        case invalidRequest
        case unsupportedModel
        case invalidGrammar
        case contextWindowExceeded
        case outOfMemory
        case cacheExhausted
        case engineFailed
        case modelClosed
        case overloaded
        case timedOut
    }

    public var code: Code
    public var message: String
    /// The C library's return code, where there is one.
    public var underlying: Int?

    /// After which time the same request may be served, where that can be told.
    public var retryAfter: Duration?

    public init(_ code: Code, _ message: String, underlying: Int? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
        self.retryAfter = retryAfter
    }
}
