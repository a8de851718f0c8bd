import HTTPTypes
import Hummingbird
import Synchronization

/// A request that is being answered, for the metrics. It is over once: when the answer has ended, or when it is dropped unsent.
final class AnswerInFlight: Sendable {
    /// What is counted of requests at paths that no route has.
    static let unmatched = "unmatched"

    private let metrics: ServerMetrics
    private let method: HTTPRequest.Method
    private let context: ServerContext
    private let status = Mutex<Int?>(nil)
    private let bytes = Atomic(0)
    private let isOver = Atomic(false)

    init(_ metrics: ServerMetrics, _ method: HTTPRequest.Method, _ context: ServerContext) {
        self.metrics = metrics
        self.method = method
        self.context = context
        metrics.requestBegan()
    }

    deinit {
        self.end(isWhole: false)
    }

    private var route: String { self.context.notes.route ?? Self.unmatched }

    /// The head of the answer is there.
    func begin(_ status: HTTPResponse.Status) {
        self.status.withLock { $0 = status.code }
        let error = self.context.notes.error
        if let error, let reason = RefusalReason(error) { self.metrics.refused(reason: reason) }
        self.context.notes.entry?.answered(status.code, error: error)
    }

    func sent(bytes: Int) {
        self.bytes.add(bytes, ordering: .relaxed)
        self.metrics.sent(bytes: bytes, route: self.route)
    }

    /// - Parameter isWhole: Whether the client was sent all of it.
    func end(isWhole: Bool) {
        guard !self.isOver.exchange(true, ordering: .relaxed) else { return }
        let status = self.status.withLock { $0 }
        if let status {
            let duration = self.context.received.duration(to: .now)
            self.metrics.request(route: self.route, method: self.method.rawValue, status: status, duration: duration)
            AccessLog.note(self.method, self.context, status, bytes: self.bytes.load(ordering: .relaxed), duration, isWhole: isWhole)
        }
        if !isWhole || status == APIError.clientClosedRequest.code { self.metrics.disconnected(route: self.route) }
        self.metrics.requestOver()
    }
}
