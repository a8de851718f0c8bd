import Foundation
import Logging
import Mullama
import MullamaTestSupport
import NIOCore
import ServiceLifecycle
import Testing

@testable import MullamaServer

@Suite("The daemon's life", .timeLimit(.minutes(1)))
struct MullamaServerTests {
    private let completion = #"{"prompt": "abc", "max_tokens": 6}"#

    @Test("It tells where it listens once it does, by TCP and by a socket file that is its owner's alone")
    func addresses() async throws {
        let path = Self.socketPath()
        try await TestServer().serve([TestServer.loopback, .unix(path: path)]) { running in
            #expect(running.port > 0)
            #expect(running.addresses.map(\.description) == ["http://127.0.0.1:\(running.port)", "unix:\(path)"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            for client in [try await running.connect(), try await RawConnection(SocketAddress(unixDomainSocketPath: path))] {
                try await client.post("/v1/completions", self.completion)
                #expect(await client.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
            }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("A port in use is an error that says what to do, and leaves nothing behind")
    func portInUse() async throws {
        let path = Self.socketPath()
        try await TestServer().serve { running in
            let error = await #expect(throws: MullamaError.self) {
                try await TestServer().serve([.unix(path: path), .tcp(host: "127.0.0.1", port: running.port)]) { _ in }
            }
            #expect(error?.code == .ioFailed)
            #expect(error?.underlying == Int(EADDRINUSE))
            #expect(error?.message.contains("another program listens at port \(running.port)") == true)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("Addresses that the machine does not have, and hosts that nobody knows", arguments: ["192.0.2.1", "nothing.invalid"])
    func wrongHost(host: String) async throws {
        let error = await #expect(throws: MullamaError.self) {
            try await TestServer().serve([.tcp(host: host, port: 0)]) { _ in }
        }
        #expect(error?.code == .ioFailed)
        #expect(error?.message.hasPrefix("the server cannot listen at http://\(host):0: ") == true)
    }

    @Test("The socket file of a server that was killed makes way, that of a living one does not")
    func socketFile() async throws {
        let path = Self.socketPath()
        try await TestServer().serve([.unix(path: path)]) { _ in
            let error = await #expect(throws: MullamaError.self) {
                try await TestServer().serve([.unix(path: path)]) { _ in }
            }
            #expect(error?.message.hasPrefix("another server listens at \(path)") == true)
        }
        try Self.leaveSocket(path)
        try await TestServer().serve([.unix(path: path)]) { _ in
            _ = try await RawConnection(SocketAddress(unixDomainSocketPath: path))
        }
        try Data("precious".utf8).write(to: URL(filePath: path))
        await #expect(throws: MullamaError.self) { try await TestServer().serve([.unix(path: path)]) { _ in } }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        try FileManager.default.removeItem(atPath: path)
        await #expect(throws: MullamaError.self) { try await TestServer().serve([.unix(path: "/nowhere/at/all.sock")]) { _ in } }
        let long = "/tmp/" + String(repeating: "x", count: 200)
        let error = await #expect(throws: MullamaError.self) { try await TestServer().serve([.unix(path: long)]) { _ in } }
        #expect(error?.underlying == Int(ENAMETOOLONG))
    }

    @Test("A socket is made where nobody else can reach it, and nothing of that is left")
    func socketFolder() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "f\(UInt32.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "a.sock").path
        var file = SocketFile(path)
        try await file.prepare()
        let made = URL(filePath: file.bindPath).deletingLastPathComponent().path
        #expect(made != folder.path)
        #expect(try FileManager.default.attributesOfItem(atPath: made)[.posixPermissions] as? Int == 0o700)
        file.clean()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try await TestServer().serve([.unix(path: path)]) { _ in
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(names == ["a.sock"])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try FileManager.default.removeItem(at: folder)
    }

    @Test(
        "A socket that it can do without is no reason not to serve",
        arguments: ["/dev/null/a.sock", "/tmp/\(String(repeating: "x", count: 200))"]
    )
    func dispensable(path: String) async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler(.text) }
        try await TestServer().serve([TestServer.loopback, .unix(path: path)], dispensable: [.unix(path: path)], logger: logger) {
            running in
            #expect(running.addresses.count == 1)
            let client = try await running.connect()
            try await client.post("/v1/completions", self.completion)
            #expect(await client.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
        }
        #expect(lines.all.contains { $0.contains("warning the socket cannot be made") && $0.contains("--socket") })
    }

    @Test("A graceful shutdown lets what runs finish, and refuses what comes")
    func drain() async throws {
        let control = FakeControl(isHeld: true)
        try await TestServer(FakeModel(control)).serve { running in
            let client = try await running.connect()
            let idle = try await running.connect()
            let late = try await running.connect()
            try await client.post("/v1/completions", self.completion)
            await control.steps(1)
            // Its head is on its way when the shutdown begins.
            try await late.get("/nothing")
            await late.receive("openapi")
            await running.group.triggerGracefulShutdown()
            #expect(await idle.receiveAll() == "")
            #expect(running.state.admission.isDraining)

            let newcomer = try await running.connect()
            try await newcomer.post("/v1/completions", self.completion)
            let refusal = await newcomer.receiveAll()
            #expect(refusal.hasPrefix("HTTP/1.1 503 Service Unavailable"))
            #expect(refusal.contains("Retry-After: 5"))
            #expect(refusal.contains("onnection: close"))
            #expect(refusal.contains("the server is shutting down"))

            // Who watches is answered to the end.
            let watcher = try await running.connect()
            try await watcher.get("/health")
            #expect(await watcher.receiveAll().hasPrefix("HTTP/1.1 200 OK"))
            let balancer = try await running.connect()
            try await balancer.get("/ready")
            let readiness = await balancer.receiveAll()
            #expect(readiness.hasPrefix("HTTP/1.1 503 Service Unavailable"))
            #expect(readiness.contains("draining"))

            control.release()
            let answer = await client.receiveAll()
            #expect(answer.contains("abcabc"))
        }
    }

    @Test("What still runs after the grace period ends with a reason, streamed or whole")
    func graceIsOver() async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        try await TestServer(fake).serve { running in
            let streaming = try await running.connect()
            let whole = try await running.connect()
            try await streaming.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 400, "stream": true}"#)
            try await whole.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 400}"#)
            try await fake.decode(2)
            await control.advance(by: 4)
            await streaming.receive("data: ")
            running.server.drain(grace: .zero)
            control.release()
            let stream = await streaming.receiveAll()
            #expect(stream.hasPrefix("HTTP/1.1 200 OK"))
            #expect(stream.contains("the server is shutting down"))
            #expect(stream.hasSuffix("0\r\n\r\n"))
            let answer = await whole.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable"))
            #expect(answer.contains("the server is shutting down"))
        }
        #expect(control.log.live.isEmpty)
    }

    @Test("Cancelling ends it at once, whatever runs")
    func cancel() async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        let test = try TestServer(fake)
        let (ports, sink) = AsyncStream<Int>.makeStream()
        let server = MullamaServer([TestServer.loopback], models: test.state.models, logger: .init(label: "test")) { addresses in
            if case .tcp(_, let port) = addresses[0] { sink.yield(port) }
        }
        let run = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        let client = try await RawConnection(port: try #require(await iterator.next()))
        try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 400, "stream": true}"#)
        await control.steps(1)
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        _ = await client.receiveAll()
        control.release()
        await test.state.models.close(grace: .zero)
    }

    private static func socketPath() -> String {
        FileManager.default.temporaryDirectory.appending(path: "m\(UInt32.random(in: .min ... .max)).sock").path
    }

    /// Leaves what a server that was killed leaves.
    private static func leaveSocket(_ path: String) throws {
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let socket = socket(AF_UNIX, kind, 0)
        defer { close(socket) }
        let address = try SocketAddress(unixDomainSocketPath: path)
        let result = address.withSockAddr { bind(socket, $0, socklen_t($1)) }
        #expect(result == 0)
    }
}
