/// Why one request failed. The others go on.
public struct RequestFault: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable {
        case invalidRequest
        case invalidGrammar
        case contextWindowExceeded
        case outOfMemory
        case cacheExhausted
        case engineFailed
        case modelClosed
    }

    public var code: Code
    public var message: String
    /// The C library's return code, where there is one.
    public var underlying: Int?

    public init(_ code: Code, _ message: String, underlying: Int? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}
