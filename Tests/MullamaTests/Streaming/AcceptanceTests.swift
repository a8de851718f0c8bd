import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Whether a call was accepted", .timeLimit(.minutes(1)))
struct AcceptanceTests {
    /// A model whose engine stands in a step, so that nothing can be told by the engine.
    private static func busy(queueLimit: Int? = nil) async -> (fake: FakeModel, running: GenerationStream) {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1, contextSize: 64, queueLimit: queueLimit)
        let running = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.steps(1)
        return (fake, running)
    }

    @Test("a call is accepted while the engine is in a step, with its prompt's tokens; asked again it says the same, after the end too")
    func accepted() async throws {
        let (fake, running) = await Self.busy()
        let stream = AsyncContext(fake.model).stream("abcdefg", maxTokens: 3)
        async let other = stream.accepted()
        #expect(try await stream.accepted() == 7)
        #expect(try await other == 7)
        #expect(try await running.accepted() == 3)
        #expect(fake.control.log.plans.count == 1)
        fake.control.release()
        #expect(try await stream.collect().text == "abc")
        #expect(try await stream.accepted() == 7)
        #expect(try await running.collect().text == "abc")
    }

    @Test(
        "what cannot be served is refused while the engine is in a step, by the acceptance and by the stream",
        arguments: [
            (String(repeating: "x", count: 64), GenerationOptions(), MullamaError.Code.contextWindowExceeded, "64 tokens"),
            ("abc", GenerationOptions(overflow: .refuse), .contextWindowExceeded, "maxTokens is 62"),
            ("", GenerationOptions(), .invalidRequest, "empty"),
            ("abc", GenerationOptions(topP: 2), .invalidRequest, "topP is 2"),
        ]
    )
    func refused(_ prompt: String, _ options: GenerationOptions, _ code: MullamaError.Code, _ says: String) async throws {
        let (fake, running) = await Self.busy()
        let stream = AsyncContext(fake.model).stream(prompt, maxTokens: 62, options: options)
        for _ in 1...2 {
            let error = await #expect(throws: MullamaError.self) { _ = try await stream.accepted() }
            #expect(error?.code == code && error?.message.contains(says) == true, "\(String(describing: error))")
        }
        let error = await #expect(throws: MullamaError.self) { _ = try await stream.collect() }
        #expect(error?.code == code)
        #expect(fake.control.log.plans.count == 1)
        #expect(fake.model.recentGenerations.map(\.errorCode) == [code])
        #expect(fake.model.recentGenerations.map(\.usage.promptTokens) == [code == .contextWindowExceeded ? prompt.utf8.count : 0])
        fake.control.release()
        _ = try await running.collect()
    }

    @Test("a full queue refuses before a text becomes tokens, with the numbers; who waits counts even while its text is on the way")
    func full() async throws {
        let fake = FakeModel(FakeControl(isTextHeld: true), parallel: 1, queueLimit: 1)
        let streams = (1...3).map { _ in AsyncContext(fake.model).stream("abc", maxTokens: 3) }
        let error = await #expect(throws: MullamaError.self) { _ = try await streams[2].accepted() }
        #expect(error?.code == .overloaded && error?.message.contains("1 requests run and 1 wait") == true)
        fake.control.releaseText()
        for stream in streams.prefix(2) { #expect(try await stream.collect().text == "abc") }
        #expect(fake.model.metrics.finished == [.failed: 1, .length: 2])
        #expect(try await AsyncContext(fake.model).stream("abc", maxTokens: 3).accepted() == 3)
    }

    @Test("a context that could never be held by the cache is refused at once, though others run")
    func neverFits() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), contextSize: 4_096, cells: 1_024)
        let running = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.steps(1)
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 2_000)
        let error = await #expect(throws: MullamaError.self) { _ = try await stream.accepted() }
        #expect(error?.code == .cacheExhausted && error?.message.contains("1024") == true)
        fake.control.release()
        #expect(try await running.collect().text == "abc")
    }

    @Test("cancelling a task that waits for the acceptance ends the stream; a token and a deadline end the waiting")
    func cancelled() async throws {
        let clock = ManualClock()
        let fake = FakeModel(FakeControl(isTextHeld: true), clock: clock)
        let stream = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        let task = Task { try await stream.accepted() }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        await #expect(throws: CancellationError.self) { _ = try await stream.collect() }

        let token = CancellationToken()
        let watched = AsyncContext(fake.model).stream("abc", maxTokens: 3, options: .init(cancellation: token))
        let acceptance = Task { try await watched.accepted() }
        token.cancel()
        await #expect(throws: CancellationError.self) { _ = try await acceptance.value }

        let late = AsyncContext(fake.model).stream("abc", maxTokens: 3, options: .init(deadline: .seconds(1)))
        let inTime = Task { try await late.accepted() }
        clock.advance(by: .seconds(1))
        let error = await #expect(throws: MullamaError.self) { _ = try await inTime.value }
        #expect(error?.code == .timedOut)

        fake.control.releaseText()
        #expect(try await fake.model.generate("abc", maxTokens: 3) == "abc")
    }

    @Test("a closed model accepts nothing")
    func closed() async throws {
        let fake = FakeModel()
        let context = AsyncContext(fake.model)
        await fake.model.close()
        let error = await #expect(throws: MullamaError.self) { _ = try await context.stream("abc").accepted() }
        #expect(error?.code == .modelClosed)
    }

    @Test("Int.max for maxTokens means up to the context's end, also where there is no more memory than for that, and in a trace")
    func toTheEnd() async throws {
        let fake = FakeModel(parallel: 1, contextSize: 512, cells: 512)
        let trace = fake.model.trace()
        let generation = try await AsyncContext(fake.model).stream("abc", maxTokens: .max).collect()
        #expect(generation.finishReason == .length && generation.usage.totalTokens == 512)
        let shifted = AsyncContext(fake.model).stream("abc", maxTokens: .max, options: .init(overflow: .shift))
        #expect(try await shifted.accepted() == 3)
        shifted.cancel()
        await fake.model.close()
        var entries: [TraceEntry] = []
        for await entry in trace { entries.append(entry) }
        #expect(entries.map(\.maxTokens) == [509, TraceEntry.largestCount])
    }

    @Test("a conversation is rendered as a part of its call, in the order of the calls, and its template's errors are the call's")
    func conversation() async throws {
        let fake = FakeModel()
        let context = AsyncContext(fake.model, ContextParams(contextSize: 2_000))
        let messages = [ChatMessage(.user, "hi")]
        let rendered = try await fake.model.applyTemplate(messages)
        let streams = [
            context.stream(rendered: rendered, maxTokens: 20), context.stream(chat: messages, maxTokens: 20),
            context.stream(ChatPrompt(messages: [["role": "user", "content": "hi"]]), maxTokens: 20, options: .init()),
        ]
        for stream in streams {
            #expect(try await stream.accepted() == rendered.utf8.count)
            #expect(try await stream.collect().text == String(rendered.prefix(20)))
        }
        let bad: [(GenerationStream, String)] = [
            (context.stream(chat: []), "the conversation is empty"),
            (context.stream(chat: messages, tools: [["type": "function"]]), "does not know tools"),
            (context.stream(chat: messages, template: "rag"), "no chat template rag"),
        ]
        for (stream, says) in bad {
            let error = await #expect(throws: MullamaError.self) { _ = try await stream.accepted() }
            #expect(error?.code == .invalidRequest && error?.message.contains(says) == true, "\(String(describing: error))")
        }
    }
}
