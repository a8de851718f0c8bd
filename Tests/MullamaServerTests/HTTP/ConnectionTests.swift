import Foundation
import Logging
import MullamaTestSupport
import NIOCore
import Testing

@testable import MullamaServer

@Suite("Connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
    private func server(_ control: FakeControl = FakeControl(), _ change: (inout ServerSettings) -> Void = { _ in }) throws -> TestServer {
        var settings = ServerSettings()
        change(&settings)
        return try TestServer(FakeModel(control), settings: settings)
    }

    /// Whether the server still does its work.
    private func works(_ running: RunningServer) async throws {
        let client = try await running.connect()
        try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
        #expect(await client.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
        await client.close()
    }

    @Test("A body that announces too much is refused without being read, and the client gets to read why")
    func announcedTooMuch() async throws {
        try await self.server { $0.bodyLimit = 1000 }.serve { running in
            let client = try await running.connect()
            try await client.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
            let answer = await client.receive("at most 1000 are taken")
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("onnection: close"))
            #expect(answer.contains("request_too_large"))
            // It goes on sending, as clients do, and is let finish.
            for _ in 0..<64 { try await client.send([UInt8](repeating: 0x61, count: 1 << 16)) }
            try await client.endSending()
            #expect(await client.receiveAll().count(of: "HTTP/1.1") == 1)
            try await self.works(running)
        }
    }

    @Test("A body in chunks that becomes too much is refused")
    func chunkedTooMuch() async throws {
        try await self.server { $0.bodyLimit = 1000 }.serve { running in
            let client = try await running.connect()
            try await client.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "400\r\n" + String(repeating: "a", count: 1024) + "\r\n"
            for _ in 0..<64 { try await client.send(chunk) }
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("more than 1000"))
        }
    }

    @Test("A body in chunks is taken")
    func chunked() async throws {
        try await self.server().serve { running in
            let client = try await running.connect()
            try await client.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            for part in [#"{"prompt": "abc", "#, #""max_tokens": 6}"#, ""] {
                try await client.send("\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n")
            }
            #expect(await client.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("A client that asks first is told to go on, or that its body is too large")
    func expectContinue() async throws {
        try await self.server { $0.bodyLimit = 1000 }.serve { running in
            let body = #"{"prompt": "abc", "max_tokens": 6}"#
            let client = try await running.connect()
            let head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: "
            try await client.send(head + "\(body.utf8.count)\r\n\r\n")
            #expect(await client.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send(body)
            #expect(await client.receive("abcabc").contains("HTTP/1.1 200 OK"))

            let large = try await running.connect()
            try await large.send(head + "1001\r\n\r\n")
            let answer = await large.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("Heads that are too large", arguments: [70_000, 2_000_000])
    func largeHead(size: Int) async throws {
        try await self.server().serve { running in
            let client = try await running.connect()
            try? await client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Much: \(String(repeating: "a", count: size))\r\n\r\n")
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large"))
            #expect(answer.contains("head_too_large"))
            try await self.works(running)
        }
    }

    @Test(
        "What is no HTTP is answered in JSON",
        arguments: [
            "hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\0\u{1}", "GET / HTTP/1.1\r\nA b: c\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]
    )
    func malformed(text: String) async throws {
        try await self.server().serve { running in
            let client = try await running.connect()
            try await client.send(text)
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request"))
            #expect(answer.contains(#""code": "malformed_http""#))
            try await self.works(running)
        }
    }

    @Test("A broken chunk is the request's fault, and what comes behind requests is answered after them")
    func brokenChunk() async throws {
        try await self.server().serve { running in
            let broken = try await running.connect()
            try await broken.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")
            #expect(await broken.receiveAll().hasPrefix("HTTP/1.1 400"))

            let behind = try await running.connect()
            try await behind.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
            try await behind.send("no request\r\n\r\n")
            let answers = await behind.receiveAll()
            #expect(answers.hasPrefix("HTTP/1.1 200 OK"))
            #expect(answers.contains("HTTP/1.1 400 Bad Request"))
        }
    }

    @Test("Pipelined requests are answered in order, and the connection goes on after a stream")
    func pipelined() async throws {
        try await self.server().serve { running in
            let client = try await running.connect()
            for count in [3, 6] {
                try await client.post("/v1/completions", #"{"prompt": "abc", "stream": true, "max_tokens": \#(count)}"#)
            }
            try await client.get("/nothing")
            let answers = await client.receive("openapi.json")
            #expect(answers.count(of: "HTTP/1.1 200 OK") == 2)
            #expect(answers.count(of: "data: [DONE]") == 2)
            #expect(!answers.contains("onnection: close"))
            try await client.get("/nothing", headers: ["Connection: close"])
            #expect(await client.receiveAll().count(of: "HTTP/1.1 404") == 2)
        }
    }

    @Test("HTTP/1.0 has no chunks, and the connection ends with the answer")
    func old() async throws {
        try await self.server().serve { running in
            let client = try await running.connect()
            let body = #"{"prompt": "abc", "max_tokens": 6, "stream": true}"#
            try await client.send("POST /v1/completions HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.0 200 OK"))
            #expect(!answer.lowercased().contains("chunked"))
            #expect(answer.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("A head that trickles is not waited for")
    func slowHead() async throws {
        try await self.server { $0.connection.head = .milliseconds(200) }.serve { running in
            let client = try await running.connect()
            try await client.send("GET / HTTP/1.1\r\nX-Slow")
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout"))
            #expect(answer.contains("head_timeout"))
            // Who has sent nothing has asked nothing.
            let silent = try await running.connect()
            #expect(await silent.receiveAll() == "")
            try await self.works(running)
        }
    }

    @Test("A body that stalls is not waited for, and one behind a stream is")
    func slowBody() async throws {
        let control = FakeControl(isHeld: true)
        try await self.server(control) { $0.connection.body = .milliseconds(200) }.serve { running in
            let client = try await running.connect()
            try await client.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 408"))
            #expect(answer.contains("body_timeout"))
            control.release()
            try await self.works(running)
        }
    }

    @Test("An idle connection is closed, one that waits for its answer is not")
    func idle() async throws {
        let control = FakeControl(isHeld: true)
        try await self.server(control) { settings in
            settings.connection.idle = .milliseconds(100)
            settings.connection.head = .milliseconds(100)
        }
        .serve { running in
            let waiting = try await running.connect()
            try await waiting.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
            await control.steps(1)
            for _ in 0..<3 {
                let idle = try await running.connect()
                try await idle.get("/nothing")
                #expect(await idle.receiveAll().contains("404"))
            }
            control.release()
            #expect(await waiting.receiveAll().contains("abcabc"))
        }
    }

    @Test("More connections than there may be are told so")
    func connectionLimit() async throws {
        try await self.server { $0.connection.connections = 2 }.serve { running in
            let first = try await running.connect()
            let second = try await running.connect()
            for client in [first, second] {
                try await client.get("/nothing")
                await client.receive("openapi.json")
            }
            let third = try await running.connect()
            let answer = await third.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 503"))
            #expect(answer.contains("too_many_connections"))
            #expect(answer.contains("Retry-After: 1"))
            #expect(answer.contains(#/X-Request-Id: req-[0-9a-f]{16}\r\n/#))
            #expect(answer.contains("Server: mullama\r\n"))
            #expect(answer.contains(#/Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/#))
            #expect(running.state.registry.page().contains(#"mullama_refusals_total{reason="connections"} 1"#))
            await second.close()
            await third.close()
            try await first.get("/nothing", headers: ["Connection: close"])
            _ = await first.receiveAll()
            await first.close()
            await running.state.connections.empty()
            try await self.works(running)
        }
    }

    @Test("Beyond those that are told there are too many, connections are closed without a word")
    func connectionFlood() async throws {
        try await self.server { settings in
            settings.connection.connections = 1
            settings.connection.refusedConnections = 0
        }
        .serve { running in
            let first = try await running.connect()
            try await first.get("/nothing")
            await first.receive("openapi.json")
            let second = try await running.connect()
            #expect(await second.receiveAll() == "")
            #expect(running.state.registry.page().contains(#"mullama_refusals_total{reason="connections"} 1"#))
        }
    }

    @Test("What is no HTTP is counted and logged, but not in a line for each")
    func refusalsAreKnown() async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler(.text) }
        try await self.server().serve(logger: logger) { running in
            for _ in 0..<3 {
                let client = try await running.connect()
                try await client.send("hello\r\n\r\n")
                #expect(await client.receiveAll().contains("X-Request-Id: req-"))
            }
            #expect(running.state.registry.page().contains(#"mullama_refusals_total{reason="malformed"} 3"#))
        }
        let refused = lines.all.filter { $0.contains("notice connection refused") }
        #expect(refused.count == 1)
        #expect(refused.first?.contains("code=malformed_http count=1 request=req-") == true)
    }

    @Test("What comes behind a request whose answer ends the connection is never done")
    func behindTheEnd() async throws {
        let control = FakeControl(isHeld: true)
        try await self.server(control) { $0.bodyLimit = 100 }.serve { running in
            let waiting = try await running.connect()
            try await waiting.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#, headers: ["X-Request-Id: victim"])
            await control.steps(1)
            let client = try await running.connect()
            let chunk = "400\r\n" + String(repeating: "a", count: 1024) + "\r\n0\r\n\r\n"
            try await client.send(
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)"
                    + "DELETE /requests/victim HTTP/1.1\r\nHost: localhost\r\n\r\n"
            )
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.count(of: "HTTP/1.1") == 1)
            control.release()
            #expect(await waiting.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("A client that takes nothing of its stream does not keep its connection for ever")
    func stuck() async throws {
        // The system takes some megabytes before the server notices.
        let control = FakeControl(repetitions: 64 << 10)
        var settings = ServerSettings()
        settings.connection.send = .milliseconds(200)
        settings.heartbeat = .milliseconds(1)
        let fake = FakeModel(control, contextSize: 1 << 20)
        try await TestServer(fake, settings: settings).serve { running in
            let client = try await running.connect(reads: false)
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 1000000, "stream": true}"#)
            await control.steps(1)
            await running.state.connections.empty()
            try await waitWhile(running.state.admission.total > 0)
        }
    }

    @Test("The system is to ask silent peers whether they are still there")
    func deadPeers() async throws {
        try await self.server().serve { running in
            let client = try await running.connect()
            try await client.get("/nothing")
            await client.receive("openapi.json")
            let channel = try #require(running.state.connections.channels.first)
            #expect(try await channel.getOption(.socketOption(.so_keepalive)).get() != 0)
            #if os(Linux)
            let idle = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: CInt(TCP_KEEPIDLE)))
            #expect(try await channel.getOption(idle).get() == 60)
            let unread = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: CInt(TCP_USER_TIMEOUT)))
            #expect(try await channel.getOption(unread).get() == 120_000)
            #endif
        }
    }

    @Test("Requests that ask for another protocol are answered in this one")
    func upgrade() async throws {
        try await self.server().serve { running in
            let client = try await running.connect()
            let upgrade = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#, headers: upgrade)
            #expect(await client.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
        }
    }
}
