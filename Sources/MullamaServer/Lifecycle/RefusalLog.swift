import HTTPTypes
import Logging
import Synchronization

/// Counts connections that were refused before there was a request, and says so in the log: not one line for each, for whoever wants to fill it.
final class RefusalLog: Sendable {
    private struct Kind {
        var lastLine: ContinuousClock.Instant
        /// Those since.
        var count = 0
    }

    /// From one line about a kind of refusal to the next.
    static let interval = Duration.seconds(10)

    private let metrics: ServerMetrics
    private let logger: Logger
    private let kinds = Mutex<[String: Kind]>([:])

    init(metrics: ServerMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// - Parameter id: What its answer has as `X-Request-Id`; nil if it had none.
    func note(_ problem: ConnectionProblem, id: String?, now: ContinuousClock.Instant = .now) {
        let error = APIError(problem)
        if let reason = RefusalReason(error) { self.metrics.refused(reason: reason) }
        let code = error.code ?? ""
        let count = self.kinds.withLock { kinds -> Int? in
            var kind = kinds[code] ?? Kind(lastLine: now - Self.interval)
            kind.count += 1
            defer { kinds[code] = kind }
            guard kind.lastLine.duration(to: now) >= Self.interval else { return nil }
            defer { kind = Kind(lastLine: now) }
            return kind.count
        }
        guard let count else { return }
        var metadata: Logger.Metadata = [
            "code": .string(code), "count": .stringConvertible(count), "status": .stringConvertible(error.status.code),
        ]
        metadata["request"] = id.map { .string($0) }
        self.logger.notice("connection refused", metadata: metadata)
    }
}
