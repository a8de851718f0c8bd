import ChatTemplates
import HTTPTypes
import Hummingbird

/// Writes an answer that comes in parts, in the framing of an API.
struct EventStream {
    enum Framing: Sendable {
        /// Server-sent events (WHATWG HTML, section 9.2).
        case serverSentEvents
        /// One JSON value a line.
        case lines

        var contentType: String {
            switch self {
            case .serverSentEvents: "text/event-stream; charset=utf-8"
            case .lines: "application/x-ndjson"
            }
        }
    }

    let framing: Framing
    private var writer: any ResponseBodyWriter

    /// An answer whose head goes out at once, and whose parts `body` writes. An error that it throws is written by `failure`, as the API says
    /// errors in the middle of an answer; then the answer ends as it should, so that the connection can be used again.
    static func response(
        _ framing: Framing,
        headers: HTTPFields = [:],
        failure: @escaping @Sendable (APIError) -> TemplateValue,
        _ body: @escaping @Sendable @concurrent (inout EventStream) async throws -> Void
    ) -> Response {
        var headers = headers
        headers[.contentType] = framing.contentType
        headers[.cacheControl] = "no-cache"
        // Or nginx collects the parts.
        headers[.acceleratedBuffering] = "no"
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { @concurrent writer in
                var events = EventStream(framing: framing, writer: writer)
                do {
                    try await body(&events)
                } catch {
                    // Fails in turn if it is the client that is gone; then there is nobody to tell.
                    try await events.send(failure(APIError(error)))
                }
                try await events.writer.finish(nil)
            }
        )
    }

    @concurrent
    mutating func send(_ value: TemplateValue) async throws {
        try await self.send(value.json)
    }

    /// - Parameter text: One line.
    @concurrent
    mutating func send(_ text: String) async throws {
        try await self.writer.write(ByteBuffer(string: self.framed(text)))
    }

    /// Several at once, in one write.
    ///
    /// - Parameter texts: One line each.
    @concurrent
    mutating func send(_ texts: [String]) async throws {
        guard !texts.isEmpty else { return }
        try await self.writer.write(ByteBuffer(string: texts.map { self.framed($0) }.joined()))
    }

    private func framed(_ text: String) -> String {
        switch self.framing {
        case .serverSentEvents: "data: \(text)\n\n"
        case .lines: "\(text)\n"
        }
    }

    /// A sign of life that no client takes for a part of the answer. Lines have none.
    @concurrent
    mutating func keepAlive(_ comment: String) async throws {
        guard case .serverSentEvents = self.framing else { return }
        try await self.writer.write(ByteBuffer(string: ": \(comment)\n\n"))
    }
}

extension HTTPField.Name {
    fileprivate static let acceleratedBuffering = Self("x-accel-buffering")!
}
