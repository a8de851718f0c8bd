import Foundation
import Synchronization

/// HTTP on 127.0.0.1, as much of it as a benchmark needs: each request has a connection and a thread of its own, which sleeps until bytes come.
struct HTTPClient: Sendable {
    let port: UInt16

    func get(_ path: String) async throws -> (status: Int, body: Data) {
        var body = Data()
        let parts = Mutex<[[UInt8]]>([])
        let status = try await self.exchange("GET", path, body: []) { bytes in parts.withLock { $0.append(bytes) } }
        for part in parts.withLock({ $0 }) { body.append(contentsOf: part) }
        return (status, body)
    }

    /// Posts JSON and calls `onEvent` with the data of each server-sent event as it comes. Cancelling the task closes the connection.
    func stream(_ path: String, _ json: Data, onEvent: @escaping @Sendable (Data) -> Void) async throws {
        let events = Mutex(EventParser())
        let status = try await self.exchange("POST", path, body: Array(json)) { bytes in
            for event in events.withLock({ $0.take(bytes) }) { onEvent(Data(event)) }
        }
        guard status == 200 else { throw BenchError("the server answers with status \(status) to \(path)") }
    }

    /// Posts JSON.
    ///
    /// - Returns: The status.
    func post(_ path: String, _ json: [UInt8]) async throws -> Int {
        try await self.exchange("POST", path, body: json) { _ in }
    }

    /// - Returns: The status.
    private func exchange(
        _ method: String,
        _ path: String,
        body: [UInt8],
        onBytes: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> Int {
        guard let descriptor = TCPSocket.connect(port: self.port) else { throw BenchError("nobody listens on port \(self.port)") }
        let connection = Connection(descriptor)
        let head = """
            \(method) \(path) HTTP/1.1\r
            Host: 127.0.0.1:\(self.port)\r
            Connection: close\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            \r

            """
        let response = await withTaskCancellationHandler {
            await OwnThread.run { connection.exchange(Array(head.utf8) + body, onBytes: onBytes) }
        } onCancel: {
            connection.hangUp()
        }
        try Task.checkCancellation()
        guard let status = response else { throw BenchError("the connection broke before the answer to \(path) was complete") }
        return status
    }
}

/// A connection that another thread may end.
private final class Connection: Sendable {
    private let descriptor: Mutex<Int32?>

    init(_ descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    func hangUp() {
        self.descriptor.withLock { if let open = $0 { _ = shutdown(open, Int32(SHUT_RDWR)) } }
    }

    /// Sends the request, hands over what comes, and closes. Nil if the answer was not complete.
    func exchange(_ request: [UInt8], onBytes: ([UInt8]) -> Void) -> Int? {
        guard let descriptor = self.descriptor.withLock({ $0 }) else { return nil }
        defer {
            self.descriptor.withLock {
                close(descriptor)
                $0 = nil
            }
        }
        guard TCPSocket.send(request, to: descriptor) else { return nil }
        var parser = ResponseParser()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !parser.isComplete {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return parser.endsWithConnection ? parser.status : nil }
            let bytes = parser.take(buffer[..<count])
            if !bytes.isEmpty { onBytes(bytes) }
        }
        return parser.status
    }
}
