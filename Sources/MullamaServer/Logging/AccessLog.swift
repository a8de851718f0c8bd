import HTTPTypes
import Hummingbird
import InferenceCore
import Logging

/// One line in the log for each request that was answered. Never what it asks, nor its key.
enum AccessLog {
    /// - Parameter isLeft: Whether the client left before it had all of the answer.
    static func note(_ method: HTTPRequest.Method, _ context: ServerContext, _ status: Int, bytes: Int, _ duration: Duration, isLeft: Bool)
    {
        let notes = context.notes
        var metadata: Logger.Metadata = [
            "method": .string(method.rawValue),
            "route": .string(notes.route ?? "none"),
            "status": .stringConvertible(status),
            "ms": .stringConvertible(Int((duration / .milliseconds(1)).rounded())),
            "bytes": .stringConvertible(bytes),
        ]
        if let key = notes.keyName { metadata["key"] = .string(key) }
        if let request = notes.entry?.request {
            if let model = request.model { metadata["model"] = .string(model.name) }
            let usage = request.usage
            if usage.promptTokens > 0 {
                metadata["prompt_tokens"] = .stringConvertible(usage.promptTokens)
                metadata["cached_tokens"] = .stringConvertible(usage.cachedTokens)
                metadata["completion_tokens"] = .stringConvertible(usage.completionTokens)
            }
        }
        if let code = notes.error?.code { metadata["code"] = .string(code) }
        if isLeft { metadata["left"] = .stringConvertible(true) }
        context.logger.info("request", metadata: metadata)
    }
}
