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
    private let isLeft = Atomic(false)
    private let isFailed = Atomic(false)
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
        if let error { self.failed(error) }
        self.context.notes.entry?.answered(status.code, error: error)
        // Else it was somebody else who ended the request.
        guard status == APIError.clientClosedRequest, self.context.notes.client?.isGone ?? false else { return }
        self.isLeft.store(true, ordering: .relaxed)
        self.context.notes.entry?.clientLeft()
    }

    /// The head of the answer is an error, or the answer was broken off after it. Counts once.
    private func failed(_ error: APIError) {
        guard !self.isFailed.exchange(true, ordering: .relaxed) else { return }
        if let reason = RefusalReason(error), !(self.context.notes.entry?.hasBegun ?? false) { self.metrics.refused(reason: reason) }
    }

    func sent(bytes: Int) {
        self.bytes.add(bytes, ordering: .relaxed)
        self.metrics.sent(bytes: bytes, route: self.route)
    }

    /// - Parameter isWhole: Whether all of it was written. A client that has closed its side may be written to all the same.
    func end(isWhole: Bool) {
        guard !self.isOver.exchange(true, ordering: .relaxed) else { return }
        if let error = self.context.notes.error { self.failed(error) }
        // That the connection is closed by now says nothing: clients do that when they have all.
        let isLeft = !isWhole || self.isLeft.load(ordering: .relaxed) || self.context.notes.entry?.request?.isLeft ?? false
        let status = self.status.withLock { $0 }
        if let status {
            let duration = self.context.received.duration(to: .now)
            self.metrics.request(route: self.route, method: self.method.rawValue, status: status, duration: duration)
            AccessLog.note(self.method, self.context, status, bytes: self.bytes.load(ordering: .relaxed), duration, isLeft: isLeft)
        }
        if isLeft { self.metrics.disconnected(route: self.route) }
        self.metrics.requestOver()
    }
}
