import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama
@testable import MullamaServer

private let path = "/v1/chat/completions"

@Suite("Streams on their connection", .timeLimit(.minutes(1)))
struct StreamingTests {
    private func server(_ control: FakeControl, parallel: Int = 4, _ change: (inout ServerSettings) -> Void = { _ in }) throws -> TestServer
    {
        var settings = ServerSettings()
        change(&settings)
        return try TestServer(FakeModel(control, parallel: parallel, template: "{{ messages[-1].content }}"), settings: settings)
    }

    private func body(_ fields: String = "", maxTokens: Int = 3) -> String {
        #"{"messages": [{"role": "user", "content": "abc"}], "max_tokens": \#(maxTokens)\#(fields)}"#
    }

    @Test("The head and the role go out at once, before a step has ended")
    func head() async throws {
        let control = FakeControl(isHeld: true)
        try await self.server(control).serve { running in
            let client = try await running.connect()
            try await client.post(path, self.body(#", "stream": true"#))
            await control.steps(1)
            let begin = await client.receive(#""delta": {"role": "assistant""#)
            #expect(begin.hasPrefix("HTTP/1.1 200") && begin.lowercased().contains("content-type: text/event-stream"))
            #expect(control.log.isInStep)
            control.release()
            #expect(await client.receive("data: [DONE]\n\n").contains(#""content": "c""#))
            await client.close()
        }
    }

    @Test("A client that leaves a stream of several answers ends the work on all of them, in prefill and in decode", arguments: [1, 3])
    func leaves(_ step: Int) async throws {
        let control = FakeControl(isHeld: true)
        let server = try self.server(control)
        try await server.serve { running in
            let client = try await running.connect()
            try await client.post(path, self.body(#", "n": 2, "stream": true"#, maxTokens: 100))
            await control.steps(1)
            if step > 1 { await control.advance(by: step - 1) }
            await client.receive("data: ", count: 2)
            await client.close()
            try await waitWhile(running.state.admission.total > 0)
            control.release()
            try await waitWhile(server.fake.model.recentGenerations.count < 2)
            #expect(server.fake.model.recentGenerations.map(\.finishReason) == [.cancelled, .cancelled])
            try await waitWhile(!control.log.live.isEmpty)
        }
    }

    @Test("What fails in the middle of a stream is told as an event, the last; the connection goes on")
    func failure() async throws {
        let control = FakeControl(isHeld: true)
        try await self.server(control).serve { running in
            let client = try await running.connect()
            try await client.post(path, self.body(#", "stream": true"#))
            await control.steps(1)
            await control.advance()
            control.fail(RequestID(1), RequestFault(.engineFailed, "the sky fell"))
            control.release()
            let answer = await client.receive("\r\n0\r\n\r\n")
            #expect(answer.contains(#""content": "a""#))
            let error = #"data: {"error": {"message": "the sky fell", "type": "server_error", "param": null, "code": "engine_failed"}}"#
            #expect(answer.contains(error + "\n\n\r\n0\r\n\r\n") && !answer.contains("[DONE]"))

            try await client.post(path, self.body())
            #expect(await client.receive("\"timings\"").contains(#""content": "abc""#))
            await client.close()
        }
    }

    @Test("Requests sent all at once are answered in their order on one connection, streams among them")
    func pipelined() async throws {
        try await self.server(FakeControl()).serve { running in
            let client = try await running.connect()
            try await client.post(path, self.body(#", "stream": true"#))
            try await client.post(path, self.body())
            try await client.post(path, self.body(#", "stream": true"#))
            try await client.get(path, headers: ["Connection: close"])
            let answers = await client.receiveAll()
            let heads = answers.ranges(of: "HTTP/1.1 ").map { String(answers[$0.upperBound...].prefix(3)) }
            #expect(heads == ["200", "200", "200", "405"])
            #expect(answers.count(of: "data: [DONE]") == 2)
            #expect(answers.count(of: #""object": "chat.completion","#) == 1)
        }
    }

    @Test("Signs of life while nothing comes")
    func heartbeat() async throws {
        let control = FakeControl(isHeld: true)
        try await self.server(control) { $0.heartbeat = .milliseconds(1) }.serve { running in
            let client = try await running.connect()
            try await client.post(path, self.body(#", "stream": true"#))
            #expect(await client.receive(": waiting\n\n").contains(": waiting\n\n"))
            control.release()
            #expect(await client.receive("[DONE]").contains(#""content": "c""#))
            await client.close()
        }
    }

    @Test("Where an answer is before it begins, if that is asked for")
    func progress() async throws {
        let control = FakeControl(isHeld: true)
        try await self.server(control, parallel: 1) { $0.progressInterval = .milliseconds(1) }.serve { running in
            let first = try await running.connect()
            try await first.post(path, self.body())
            await control.steps(1)
            let second = try await running.connect()
            try await second.post(path, self.body(#", "stream": true, "stream_options": {"include_progress": true}"#))
            let events = await second.receive("\"prefilled_tokens\": 0}]}\n\n")
            #expect(events.contains(#""object": "progress""#))
            let accepted = #""choices": [], "progress": [{"index": 0, "phase": "queued", "queue_position": null, "prompt_tokens": 3, "#
            #expect(events.contains(accepted))
            // The engine has it in its queue after the step that it was in.
            await control.advance()
            #expect(await second.receive(#""queue_position": 0"#).contains(#""queue_position": 0, "prompt_tokens": 3, "#))
            control.release()
            #expect(await second.receive("[DONE]").contains(#""content": "a""#))
            await first.close()
            await second.close()
        }
    }

    @Test("An answer that has begun makes no progress towards it")
    func begun() {
        func progress(_ phase: GenerationPhase, generated: Int = 0) -> AnswerProgress? {
            AnswerProgress(
                GenerationStatus(
                    id: 7,
                    phase: phase,
                    priority: .normal,
                    age: .zero,
                    queuePosition: nil,
                    estimatedWait: nil,
                    isPaused: false,
                    promptTokens: 0,
                    prefilledTokens: 256,
                    completionTokens: generated
                ),
                answer: 2,
                promptTokens: 800
            )
        }
        let prefill = progress(.prefill)
        #expect(prefill?.answer == 2 && prefill?.promptTokens == 800 && prefill?.prefilledTokens == 256)
        #expect(progress(.tokenizing)?.phase == .queued, "the engine is in a step, and has not looked at it yet")
        #expect(progress(.decode) == nil)
        #expect(progress(.suspended, generated: 5) == nil && progress(.suspended) != nil)
    }
}
