import HTTPTypes
import Synchronization

/// What the bodies of all requests on their way may take together. Each has its own limit; a thousand at once would still be too much.
final class BodyMemory: Sendable {
    let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Bytes of bodies of requests that are not over.
    var bytes: Int { self.taken.withLock { $0 } }

    /// For one request.
    func share() -> Share { Share(self) }

    private func take(_ count: Int) throws(APIError) {
        let isTaken = self.taken.withLock { taken in
            guard taken + count <= self.limit else { return false }
            taken += count
            return true
        }
        guard !isTaken else { return }
        throw APIError(
            .serviceUnavailable,
            .server,
            code: "body_memory",
            // What is left of the body stands between this request and the next.
            headers: [.connection: "close"],
            "the bodies of all requests on their way take \(self.bytes) bytes, and no more than \(self.limit) may be taken: come again in a moment"
        )
        .retrying(after: .seconds(1))
    }

    /// What one request's body takes, given back when the request is over.
    final class Share: Sendable {
        private let memory: BodyMemory
        private let bytes = Mutex(0)

        fileprivate init(_ memory: BodyMemory) {
            self.memory = memory
        }

        deinit {
            self.end()
        }

        var isEmpty: Bool { self.bytes.withLock { $0 == 0 } }

        /// - Throws: ``APIError`` with 503 if there is no more.
        func take(_ count: Int) throws(APIError) {
            try self.memory.take(count)
            self.bytes.withLock { $0 += count }
        }

        /// Gives it back. Does nothing the second time.
        func end() {
            let count = self.bytes.withLock { bytes in
                defer { bytes = 0 }
                return bytes
            }
            self.memory.taken.withLock { $0 -= count }
        }
    }
}
