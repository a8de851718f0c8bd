import AsyncHTTPClient
import ChatTemplates
import Foundation
import Mullama
import MullamaServer
import NIOCore
import NIOHTTP1

/// Speaks to a daemon over its socket.
struct DaemonClient: Sendable {
    /// More than any line of a daemon has.
    private static let longestLine = 16 << 20

    let socket: String
    private let http: HTTPClient

    /// Closes the connections when `body` is done.
    static func with<R>(_ socket: String, _ body: (DaemonClient) async throws -> R) async throws -> R {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(2)
        // One for each prompt of `--lines` that is on its way, and the one that watches a model load.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(DaemonClient(socket: socket, http: http))
            try? await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    /// - Throws: ``MullamaError`` for what the daemon refuses; ``DaemonError``; `CancellationError`.
    func get(_ path: String) async throws -> TemplateValue {
        try await self.value(self.request(.GET, path))
    }

    func post(_ path: String, _ body: TemplateValue) async throws -> TemplateValue {
        try await self.value(self.request(.POST, path, body))
    }

    /// An answer that is plain text.
    func text(_ path: String) async throws -> String {
        try await self.translated {
            let answer = try await self.http.execute(self.request(.GET, path), timeout: .seconds(30))
            guard answer.status == .ok else { throw try await Self.refusal(answer) }
            return String(buffer: try await answer.body.collect(upTo: 64 << 20))
        }
    }

    /// Whether it takes requests; nil if it does not say.
    func readiness() async -> DaemonReadiness? {
        guard let answer = try? await self.http.execute(self.request(.GET, "/ready"), timeout: .seconds(5)) else { return nil }
        let body = try? await answer.body.collect(upTo: 1 << 16)
        return DaemonReadiness(isReady: answer.status == .ok, body.flatMap { try? TemplateValue(json: Array($0.readableBytesView)) })
    }

    /// Calls `body` with each JSON value of an answer that comes in lines. Cancelling the task closes the connection, which ends the daemon's work.
    func lines(_ path: String, _ body: TemplateValue, _ onLine: (TemplateValue) async throws -> Void) async throws {
        try await self.translated {
            let answer = try await self.http.execute(self.request(.POST, path, body), deadline: .distantFuture)
            guard answer.status == .ok else { throw try await Self.refusal(answer) }
            var rest = ByteBuffer()
            for try await part in answer.body {
                var part = part
                rest.writeBuffer(&part)
                while let length = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - rest.readerIndex }) {
                    guard let line = rest.readBytes(length: length), rest.readInteger(as: UInt8.self) != nil else { break }
                    guard let value = try? TemplateValue(json: line) else { throw DaemonError.lost("sent what is no JSON") }
                    try await onLine(value)
                }
                rest.discardReadBytes()
                guard rest.readableBytes <= Self.longestLine else { throw DaemonError.lost("sent a line without an end") }
            }
        }
    }

    // MARK: Parts

    private func request(_ method: HTTPMethod, _ path: String, _ body: TemplateValue? = nil) -> HTTPClientRequest {
        let url = URL(httpURLWithSocketPath: self.socket, uri: path)?.absoluteString ?? ""
        var request = HTTPClientRequest(url: url)
        request.method = method
        // Its own would be the socket's path.
        request.headers.replaceOrAdd(name: "Host", value: "localhost")
        if let body {
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.json))
        }
        return request
    }

    private func value(_ request: HTTPClientRequest) async throws -> TemplateValue {
        try await self.translated {
            let answer = try await self.http.execute(request, timeout: .seconds(30))
            guard answer.status == .ok else { throw try await Self.refusal(answer) }
            let body = try await answer.body.collect(upTo: 64 << 20)
            guard body.readableBytes > 0 else { return TemplateValue.none }
            guard let value = try? TemplateValue(json: Array(body.readableBytesView)) else {
                throw DaemonError.lost("sent what is no JSON")
            }
            return value
        }
    }

    /// What an answer that is no success says.
    private static func refusal(_ answer: HTTPClientResponse) async throws -> any Error {
        let body = try await answer.body.collect(upTo: 1 << 20)
        let value = try? TemplateValue(json: Array(body.readableBytesView))
        if let message = value.flatMap(LocalEvent.cancellation) { return DaemonError.cancelled(message) }
        var error = value.flatMap { LocalEvent.refusal($0, status: Int(answer.status.code)) }
        let wait = answer.headers.first(name: "Retry-After").flatMap { Int($0) }.map { Duration.seconds($0) }
        if error?.retryAfter == nil { error?.retryAfter = wait }
        return error ?? DaemonError.lost("answers with status \(answer.status.code)")
    }

    private func translated<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as HTTPClientError where error == .cancelled || Task.isCancelled {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .remoteConnectionClosed {
            throw DaemonError.lost("ended in the middle of the answer")
        } catch let error as HTTPClientError {
            throw DaemonError.lost("cannot be spoken to (\(error.shortDescription))")
        } catch let error as IOError where error.errnoCode == ECONNREFUSED || error.errnoCode == ENOENT {
            throw DaemonError.notRunning(socket: self.socket)
        } catch let error as IOError {
            throw DaemonError.lost("ended in the middle of the answer (\(String(cString: strerror(error.errnoCode))))")
        } catch let error as HTTPParserError {
            throw DaemonError.lost("ended in the middle of the answer (\(error))")
        }
    }
}
