import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import Mullama
import MullamaTestSupport
import NIOCore
import Synchronization
import Testing

@testable import MullamaServer

@Suite("Access", .timeLimit(.minutes(1)))
struct AccessTests {
    private static let user = "user-0123456789abcdef"
    private static let admin = "admin-0123456789abcdef"
    private static let body = #"{"prompt": "abc", "max_tokens": 6}"#

    private static var settings: ServerSettings {
        var settings = ServerSettings()
        settings.keys = KeyRing([
            APIKey(name: "user", scopes: [.infer], key: Self.user), APIKey(name: "admin", scopes: [.manage], key: Self.admin),
        ])
        return settings
    }

    @Test("With keys, nobody without one is let in")
    func keys() async throws {
        try await TestServer(settings: Self.settings).run { client async throws in
            for headers: HTTPFields in [
                [:], [.authorization: "Bearer nothing"], [.authorization: "Basic \(Self.user)"], [.authorization: "Bearer"], [.apiKey: "x"],
            ] {
                let refused = try await client.post("/v1/completions", Self.body, headers: headers)
                #expect(refused.status == .unauthorized)
                #expect(refused.headers[.wwwAuthenticate] == #"Bearer realm="mullama""#)
                #expect(refused.text.contains(#""code": "invalid_api_key""#))
            }
            for headers: HTTPFields in [
                [.authorization: "Bearer \(Self.user)"], [.authorization: "bearer  \(Self.user) "], [.apiKey: Self.user],
            ] {
                #expect(try await client.post("/v1/completions", Self.body, headers: headers).status == .ok)
            }
            let other = try await client.post("/v1/completions", Self.body, headers: [.apiKey: Self.admin])
            #expect(other.status == .forbidden)
            #expect(other.text.contains("the key 'admin' may not POST /v1/completions"))
        }
    }

    @Test("A key that may only use models does not say how long they are kept")
    func keepAlive() async throws {
        let server = try TestServer(settings: Self.settings)
        try await server.run { client async throws in
            let headers: HTTPFields = [.apiKey: Self.user]
            func kept() -> KeepAlive? { server.state.models.loaded.first?.keepAlive }
            #expect(try await client.post("/api/generate", "{}", headers: headers).status == .ok)
            #expect(kept() == .forever)
            for (path, body) in [
                ("/api/generate", #"{"keep_alive": 0}"#), ("/api/chat", #"{"messages": [], "keep_alive": -1}"#),
                ("/api/embed", #"{"input": [], "keep_alive": 0}"#), ("/api/embeddings", #"{"prompt": "", "keep_alive": "1h"}"#),
            ] {
                let refused = try await client.post(path, body, headers: headers)
                #expect(refused.status == .forbidden, "\(path)")
                #expect(refused.text.contains("the key 'user' may not say how long models are kept"), "\(refused.text)")
            }
            // As many clients say it with each prompt, it is passed over there.
            let body = #"{"prompt": "ab", "raw": true, "stream": false, "keep_alive": 0, "options": {"num_predict": 2}}"#
            #expect(try await client.post("/api/generate", body, headers: headers).status == .ok)
            #expect(kept() == .forever)
        }
        var settings = Self.settings
        settings.keys = KeyRing([APIKey(name: "both", scopes: [.infer, .manage], key: Self.user)])
        let other = try TestServer(settings: settings)
        try await other.run { client async throws in
            let headers: HTTPFields = [.apiKey: Self.user]
            #expect(try await client.post("/api/generate", "{}", headers: headers).status == .ok)
            #expect(try await client.post("/api/generate", #"{"keep_alive": 0}"#, headers: headers).status == .ok)
            #expect(other.state.models.loaded.isEmpty)
        }
    }

    @Test("A key has its own limit")
    func keyLimit() async throws {
        let control = FakeControl(isHeld: true)
        var settings = Self.settings
        settings.keyConcurrencyLimit = 1
        try await TestServer(FakeModel(control), settings: settings).serve { running in
            let first = try await running.connect()
            try await first.post("/v1/completions", Self.body, headers: ["X-Api-Key: \(Self.user)"])
            await control.steps(1)
            let second = try await running.connect()
            try await second.post("/v1/completions", Self.body, headers: ["X-Api-Key: \(Self.user)"])
            let answer = await second.receive("}}")
            #expect(answer.hasPrefix("HTTP/1.1 429"))
            #expect(answer.contains("the key 'user' has 1 answer on the way"))
            control.release()
            await first.receive("abcabc")
        }
    }

    @Test("Who may open the socket's file needs no key")
    func socket() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "a\(UInt32.random(in: .min ... .max)).sock").path
        try await TestServer(settings: Self.settings).serve([.unix(path: path)]) { _ in
            let client = try await RawConnection(SocketAddress(unixDomainSocketPath: path))
            try await client.post("/v1/completions", Self.body, headers: [])
            #expect(await client.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("A server that others can reach without a key says so when it starts")
    func warning() async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler(.text) }
        try await TestServer().serve([.tcp(host: "0.0.0.0", port: 0)], logger: logger) { _ in }
        #expect(lines.all.contains { $0.contains("warning anybody who reaches this machine") && $0.contains("address=http://0.0.0.0:0") })
        let silent = Lines()
        let other = Logger(label: "test") { _ in silent.handler(.text) }
        try await TestServer(settings: Self.settings).serve([.tcp(host: "0.0.0.0", port: 0)], logger: other) { _ in }
        #expect(!silent.all.contains { $0.contains("anybody") })
    }

    @Test("Each request has a line in the log, with the name of its key and never the key")
    func log() async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler(.text) }
        try await TestServer(settings: Self.settings).serve(logger: logger) { running in
            let client = try await running.connect()
            let headers = ["Authorization: Bearer \(Self.user)", "X-Request-Id: one"]
            try await client.post("/v1/completions", #"{"prompt": "secret", "max_tokens": 6, "stream": true}"#, headers: headers)
            await client.receive("[DONE]")
            try await client.post("/v1/completions", Self.body, headers: ["X-Request-Id: two", "X-Api-Key: wrong-key-of-a-fool"])
            await client.receive("invalid_api_key")
            try await client.get("/nothing?secret=1", headers: ["X-Request-Id: three"])
            await client.receive("openapi")
            try await client.get("/v1/completions", headers: ["X-Request-Id: four"])
            await client.receive("method_not_allowed")
        }
        let text = lines.all.filter { $0.contains("info request") }
        #expect(text.count == 4)
        #expect(text[0].contains("key=user"))
        #expect(text[0].contains("method=POST"))
        #expect(text[0].contains("request=one"))
        #expect(text[0].contains("route=/v1/completions status=200"))
        #expect(!text[0].contains("bytes=0 "))
        #expect(text[0].contains("completion_tokens=6"))
        #expect(text[1].contains("status=401"))
        #expect(!text[1].contains("key="))
        #expect(text[2].contains("route=none status=404"))
        #expect(text[3].contains("route=/v1/completions status=405"))
        #expect(!lines.all.contains { $0.contains("secret") || $0.contains(Self.user) || $0.contains("fool") })
    }
}

/// Collects what a logger writes.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { self.lines.withLock { $0 } }

    func handler(_ format: LogFormat) -> LineLogHandler {
        LineLogHandler(
            format,
            level: .info,
            now: { Date(timeIntervalSince1970: 1_700_000_000.25) },
            write: { line in self.lines.withLock { $0.append(line) } }
        )
    }
}
