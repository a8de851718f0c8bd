import Mullama
import Synchronization

/// The requests that are on their way, and those that ended lately.
final class RequestLog: Sendable {
    /// One request; ends once.
    final class Entry: Sendable {
        let id: String
        private let log: RequestLog

        fileprivate init(id: String, log: RequestLog) {
            self.id = id
            self.log = log
        }

        func end() {
            self.log.end(self.id)
        }
    }

    private let live = Mutex<[String: CancellationToken]>([:])

    func begin(_ context: ServerContext, cancellation: CancellationToken) -> Entry {
        self.live.withLock { $0[context.requestID] = cancellation }
        return Entry(id: context.requestID, log: self)
    }

    /// Ends a request of somebody.
    ///
    /// - Returns: Whether there was one.
    func cancel(_ id: String) -> Bool {
        guard let token = self.live.withLock({ $0[id] }) else { return false }
        token.cancel()
        return true
    }

    private func end(_ id: String) {
        self.live.withLock { $0[id] = nil }
    }
}
