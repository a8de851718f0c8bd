import MullamaTestSupport
import Testing

@testable import Mullama

/// The fake model answers every prompt with its beginning, in ChatML, byte by byte.
@Suite("Chats", .timeLimit(.minutes(1)))
struct ChatSessionTests {
    @Test("each turn is asked with all that was said before")
    func history() async throws {
        let fake = FakeModel(FakeControl(length: 4))
        let session = ChatSession(fake.model, instructions: "Be brief.")
        #expect(try await session.respond(to: "one") == "<|im")
        let stream = session.streamResponse(to: "two")
        _ = try await stream.collect()
        let prompt =
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\none<|im_end|>\n<|im_start|>assistant\n<|im<|im_end|>\n"
            + "<|im_start|>user\ntwo<|im_end|>\n<|im_start|>assistant\n"
        #expect(stream.result?.usage.promptTokens == prompt.utf8.count)
        #expect(session.messages == [.init(.user, "one"), .init(.assistant, "<|im"), .init(.user, "two"), .init(.assistant, "<|im")])
        #expect(session.instructions == "Be brief.")
    }

    @Test("calls are served in their order, and each knows what the one before was answered")
    func queue() async throws {
        let control = FakeControl(length: 4, isHeld: true)
        let session = ChatSession(FakeModel(control).model)
        let streams = ["one", "two", "three"].map { session.streamResponse(to: $0) }
        let clearing = Task { try await session.setInstructions("Late.") }
        #expect(session.messages.isEmpty)
        control.release()
        for stream in streams.reversed() { _ = try await stream.collect() }
        try await clearing.value
        #expect(session.messages.map(\.content) == ["one", "<|im", "two", "<|im", "three", "<|im"])
        #expect(session.instructions == "Late.")
    }

    @Test("an answer is in the history when its stream has ended for the reader")
    func noGap() async throws {
        let session = ChatSession(FakeModel(FakeControl(length: 3)).model)
        for turn in 1...20 {
            for try await _ in session.streamResponse(to: "hello") {}
            #expect(session.messages.count == 2)
            #expect(session.messages.last?.isIncomplete == false, "turn \(turn)")
            try await session.clear()
        }
    }

    @Test("with ten turns, each has its own message to compute and no more", arguments: [true, false])
    func tenTurns(precomputes: Bool) async throws {
        let fake = FakeModel(FakeControl(length: 40), contextSize: 4096)
        let session = ChatSession(fake.model, instructions: "Be brief.", ChatParams(precomputes: precomputes))
        var before = 0
        for turn in 1...10 {
            let stream = session.streamResponse(to: "This is message \(turn).")
            _ = try await stream.collect()
            let usage = try #require(stream.result).usage
            if precomputes {
                // All whole blocks of what was said before.
                #expect(usage.cachedTokens >= before / 16 * 16, "turn \(turn)")
                _ = try await session.precomputation?.collect()
            } else {
                // The last prompt's; its answer is computed as a part of this one.
                #expect(usage.cachedTokens >= before - 31, "turn \(turn)")
            }
            let said = try await fake.model.applyTemplate([.init(.system, "Be brief.")] + session.messages, addGenerationPrompt: false)
            before = precomputes ? said.utf8.count : usage.promptTokens
        }
    }

    @Test("the next turn does not wait for what is computed ahead")
    func brokenOff() async throws {
        let control = FakeControl(length: 4, isHeld: true)
        let session = ChatSession(FakeModel(control).model)
        let first = session.streamResponse(to: String(repeating: "long ", count: 60))
        async let answer = first.collect()
        while session.precomputation == nil, !Task.isCancelled { await control.advance() }
        _ = try await answer
        let ahead = try #require(session.precomputation)
        let next = session.streamResponse(to: "two")
        await #expect(throws: CancellationError.self) { _ = try await ahead.collect() }
        #expect(session.precomputation == nil)
        control.release()
        #expect(try await next.collect().text == "<|im")
        #expect(session.messages.count == 4)
    }

    @Test("a template that shows earlier turns otherwise gives what it gives anew")
    func changedPrefix() async throws {
        // As models that think: of earlier answers, only the end is shown.
        let template = """
            {%- for message in messages -%}
            [{{ message.role }}]{{ message.content if loop.last else message.content[-2:] }}
            {%- endfor -%}[assistant]
            """
        let fake = FakeModel(FakeControl(length: 60), contextSize: 2048, template: template)
        let session = ChatSession(fake.model)
        for turn in 1...4 {
            let fresh = ChatSession(FakeModel(FakeControl(length: 60), contextSize: 2048, template: template).model)
            try await fresh.setMessages(session.messages)
            let message = "A message of turn \(turn), long enough for some blocks of tokens."
            let answer = try await session.respond(to: message)
            #expect(try await fresh.respond(to: message) == answer)
            _ = try? await session.precomputation?.collect()
        }
    }

    @Test("messages that the template refuses leave the chat as it was")
    func refused() async throws {
        let template = "{% if messages | length > 1 %}{{ raise_exception('one message is enough') }}{% endif %}{{ messages[0].content }}"
        let session = ChatSession(FakeModel(FakeControl(length: 2), template: template).model)
        #expect(try await session.respond(to: "hello") == "he")
        let error = await #expect(throws: MullamaError.self) { try await session.respond(to: "more") }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("one message is enough") == true)
        #expect(session.messages.map(\.content) == ["hello", "he"])
    }
}
