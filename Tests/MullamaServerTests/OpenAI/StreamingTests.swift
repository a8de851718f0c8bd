import Hummingbird
import HummingbirdTesting
import InferenceCore
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

private let path = "/v1/chat/completions"

private func body(_ fields: String = "") -> String {
    #"{"messages": [{"role": "user", "content": "abc"}], "max_tokens": 3\#(fields)}"#
}

@Suite("Streams on their connection", .timeLimit(.minutes(1)))
struct StreamingTests {
    private func held(_ settings: ServerSettings = ServerSettings()) throws -> TestServer {
        try TestServer(FakeModel(FakeControl(isHeld: true), template: "{{ messages[-1].content }}"), settings: settings)
    }

    @Test("The head and the role go out at once, before a step has ended")
    func head() async throws {
        let server = try self.held()
        try await server.run { client in
            try await RawConnection.open(client) { connection in
                try await connection.post(path, body(#", "stream": true"#))
                await server.fake.control.steps(1)
                let head = try await connection.read(to: "\r\n\r\n").lowercased()
                #expect(head.hasPrefix("http/1.1 200") && head.contains("text/event-stream") && head.contains("x-request-id"))
                #expect(try await connection.read(to: "\n\n").contains(#""delta": {"role": "assistant""#))
                #expect(server.fake.control.log.isInStep)
                server.fake.control.release()
                #expect(try await connection.read(to: "data: [DONE]\n\n").contains(#""content": "c""#))
            }
        }
    }

    @Test("A client that leaves a stream ends its work, in prefill and in decode", arguments: [1, 3])
    func leavesStream(_ step: Int) async throws {
        let server = try self.held()
        try await server.run { client in
            try await RawConnection.open(client) { connection in
                try await connection.post(
                    path,
                    body(#", "max_tokens": 100, "n": 2, "stream": true"#).replacing(#""max_tokens": 3, "#, with: "")
                )
                _ = try await connection.read(to: "\n\n")
                await server.fake.control.steps(1)
                if step > 1 { await server.fake.control.advance(by: step - 1) }
            }
            await self.expectEnd(of: 2, server.fake)
        }
    }

    @Test("A client that leaves while its whole answer is computed ends its work")
    func leavesWhole() async throws {
        let server = try self.held()
        try await server.run { client in
            try await RawConnection.open(client) { connection in
                try await connection.post(path, body())
                await server.fake.control.steps(1)
            }
            await self.expectEnd(of: 1, server.fake)
        }
    }

    /// The caller's side has ended while the engine is still held in its step; after it, the engine's has, too.
    private func expectEnd(of count: Int, _ fake: FakeModel) async {
        #expect(fake.control.log.isInStep)
        while fake.control.log.isInStep, !self.isOver(count, fake) {
            // The engine hears of it when its step ends.
            fake.control.release(1)
            await Task.yield()
        }
        while !self.isOver(count, fake) { await Task.yield() }
        #expect(fake.model.recentGenerations.map(\.finishReason) == Array(repeating: .cancelled, count: count))
        #expect(fake.control.log.live.isEmpty)
        fake.control.release()
    }

    private func isOver(_ count: Int, _ fake: FakeModel) -> Bool { fake.model.recentGenerations.count == count }

    @Test("What fails in the middle of a stream is told as an event, the last; the connection goes on")
    func failure() async throws {
        let server = try self.held()
        try await server.run { client in
            try await RawConnection.open(client) { connection in
                try await connection.post(path, body(#", "stream": true"#))
                await server.fake.control.steps(1)
                await server.fake.control.advance()
                server.fake.control.fail(RequestID(1), RequestFault(.engineFailed, "the sky fell"))
                server.fake.control.release()
                let answer = try await connection.read(to: "\r\n0\r\n\r\n")
                #expect(answer.contains(#""content": "a""#))
                let error = #"data: {"error": {"message": "the sky fell", "type": "server_error", "param": null, "code": "engine_failed"}}"#
                #expect(answer.contains(error) && answer.hasSuffix("\n\n\r\n0\r\n\r\n") && !answer.contains("[DONE]"))

                try await connection.post(path, body())
                #expect(try await connection.read(to: "\"timings\"").contains(#""content": "abc""#))
            }
        }
    }

    @Test("Requests sent all at once are answered in their order on one connection, streams among them")
    func pipelined() async throws {
        let server = try TestServer(FakeModel(template: "{{ messages[-1].content }}"))
        try await server.run { client in
            try await RawConnection.open(client) { connection in
                try await connection.post(path, body(#", "stream": true"#))
                try await connection.post(path, body())
                try await connection.post(path, body(#", "stream": true"#))
                try await connection.send("GET /v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                let answers = try await connection.readToEnd()
                let heads = answers.ranges(of: "HTTP/1.1 ").map { answers[$0.upperBound...].prefix(3) }
                #expect(heads == ["200", "200", "200", "405"])
                #expect(answers.ranges(of: "data: [DONE]").count == 2)
                #expect(answers.ranges(of: #""object": "chat.completion","#).count == 1)
            }
        }
    }

    @Test("A body that is too large is refused without being read")
    func oversized() async throws {
        let server = try TestServer(settings: ServerSettings(bodyLimit: 100))
        try await server.run { client in
            try await RawConnection.open(client) { connection in
                try await connection.send("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
                let answer = try await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 413") && answer.contains(#""code": "request_too_large""#))
            }
            let chunked = try await client.post(path, String(repeating: " ", count: 101))
            #expect(chunked.status == .contentTooLarge)
        }
    }

    @Test("Signs of life while nothing comes")
    func heartbeat() async throws {
        let server = try self.held(ServerSettings(heartbeat: .milliseconds(1)))
        try await server.run { client in
            try await RawConnection.open(client) { connection in
                try await connection.post(path, body(#", "stream": true"#))
                _ = try await connection.read(to: ": waiting\n\n")
                server.fake.control.release()
                _ = try await connection.read(to: "data: [DONE]\n\n")
            }
        }
    }

    @Test("Where an answer is before it begins, if that is asked for: in the queue, and in its prompt")
    func progress() async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control, parallel: 1, template: "{{ messages[-1].content }}")
        let server = try TestServer(fake, settings: ServerSettings(progressInterval: .milliseconds(1)))
        try await server.run { client in
            try await RawConnection.open(client) { first in
                try await first.post(path, body())
                await control.steps(1)
                try await RawConnection.open(client) { second in
                    try await second.post(path, body(#", "stream": true, "stream_options": {"include_progress": true}"#))
                    let queued = try await second.read(to: #""prefilled_tokens": 0}]}"#)
                    #expect(queued.contains(#""object": "progress""#) && queued.contains(#""choices": [], "progress": [{"index": 0, "#))
                    #expect(queued.contains(#""phase": "queued", "queue_position": 0, "prompt_tokens": 3"#))
                    // The first answer has three tokens.
                    control.release(3)
                    let prefill = #""phase": "prefill", "queue_position": null, "prompt_tokens": 3, "prefilled_tokens": 0}]}"#
                    _ = try await second.read(to: prefill)
                    control.release()
                    let rest = try await second.read(to: "[DONE]")
                    #expect(rest.contains(#""content": "a""#))
                }
            }
        }
    }
}
