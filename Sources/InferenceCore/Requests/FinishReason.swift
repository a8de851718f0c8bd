/// Why a generation ended.
public enum FinishReason: String, Sendable, Hashable, Codable, CaseIterable {
    /// The model chose an end-of-generation token.
    case stop
    /// One of the request's stop strings appeared.
    case stopSequence
    /// `maxTokens` were generated, or the context was full.
    case length
    /// The caller's task or token was cancelled, or its stream was dropped.
    case cancelled
    /// The request's deadline passed.
    case deadline
    /// The request could not be carried out; the error says why.
    case failed
}
