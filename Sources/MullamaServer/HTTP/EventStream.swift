import ChatTemplates
import HTTPTypes
import Hummingbird
import Logging

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
    /// Whether the client could not be written to.
    private var isCut = false

    private init(framing: Framing, writer: any ResponseBodyWriter) {
        self.framing = framing
        self.writer = writer
    }

    /// An answer whose head goes out at once, and whose parts `body` writes. An error that it throws is written by `failure`, as the API says
    /// errors in the middle of an answer; then the answer ends as it should, so that the connection can be used again.
    ///
    /// - Parameter context: Of the request. What broke the answer off is noted there, unless it is that the client has left.
    static func response(
        _ framing: Framing,
        for context: ServerContext,
        headers: HTTPFields = [:],
        failure: @escaping @Sendable (any Error) -> TemplateValue,
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
                    if !events.isCut, !context.client.isGone { context.failed(error) }
                    // Fails in turn if it is the client that is gone; then there is nobody to tell.
                    try await events.send(failure(error))
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
        try await self.write(self.framed(text))
    }

    /// Several at once, in one write.
    ///
    /// - Parameter texts: One line each.
    @concurrent
    mutating func send(_ texts: [String]) async throws {
        guard !texts.isEmpty else { return }
        try await self.write(texts.map { self.framed($0) }.joined())
    }

    @concurrent
    private mutating func write(_ text: String) async throws {
        do {
            try await self.writer.write(ByteBuffer(string: text))
        } catch {
            self.isCut = true
            throw error
        }
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
        try await self.write(": \(comment)\n\n")
    }
}

extension ServerContext {
    /// Notes an error that is told the client in an answer, and logs what was nobody's fault but the server's. Errors that a handler throws are seen to
    /// by ``ErrorMiddleware``.
    @discardableResult
    func failed(_ error: any Error) -> APIError {
        let answer = APIError(error)
        if answer.status == .internalServerError {
            self.logger.error("the request failed", metadata: ["error": "\(error)"])
        }
        self.notes.error = answer
        self.notes.entry?.failed(answer)
        return answer
    }
}

extension HTTPField.Name {
    fileprivate static let acceleratedBuffering = Self("x-accel-buffering")!
}
