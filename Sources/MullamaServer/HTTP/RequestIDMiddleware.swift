import Hummingbird
import Logging

/// Gives every request a name, the client's own if it has a harmless one, and tells it.
struct RequestIDMiddleware: RouterMiddleware {
    /// Where requests are logged.
    let logger: Logger
    /// More would let a client fill the logs.
    private static let longest = 128

    func handle(
        _ request: Request,
        context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = request.headers[.requestID].flatMap { Self.isHarmless($0) ? $0 : nil } ?? Self.random()
        context.logger = self.logger
        context.logger[metadataKey: "request"] = .string(context.requestID)
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        return response
    }

    private static func isHarmless(_ id: String) -> Bool {
        (1...self.longest).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    static func random() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return "req-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
