import HTTPTypes
import Hummingbird

/// Counts requests, and says how they were answered to the log of requests. It stands outside of all that may refuse one.
struct MetricsMiddleware: RouterMiddleware {
    let metrics: ServerMetrics

    func handle(
        _ request: Request,
        context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let answer = AnswerInFlight(self.metrics, request.method, context)
        var response = try await next(request, context)
        if let timing = context.notes.entry?.request.map(ServerTiming.init) { response.headers[.serverTiming] = timing.header }
        answer.begin(response.status)
        if let length = response.body.contentLength {
            // Sent in one go, and too soon to wait for: what comes in parts is another matter.
            answer.sent(bytes: length)
            answer.end(isWhole: true)
        } else {
            let body = response.body
            response.body = ResponseBody { @concurrent writer in
                try await body.write(MeteredWriter(base: writer, answer: answer))
                answer.end(isWhole: true)
            }
        }
        return response
    }
}

extension HTTPField.Name {
    static let serverTiming = Self("Server-Timing")!
}
