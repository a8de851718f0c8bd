import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Generations on the fake backend", .timeLimit(.minutes(1)))
struct EngineTests {
    @Test("S05 S06: generate answers with the text alone, and a second prompt is not touched by the first")
    func generate() async throws {
        let fake = FakeModel()
        let context = AsyncContext(fake.model)
        #expect(try await context.generate("abc", maxTokens: 7) == "abcabca")
        #expect(try await context.generate("xy", maxTokens: 4) == "xyxy")
    }

    @Test("S05: collect tells why it ended and what it took")
    func collect() async throws {
        let fake = FakeModel(FakeControl(length: 5))
        let generation = try await AsyncContext(fake.model).stream("abc", maxTokens: 9).collect()
        #expect(generation.text == "abcab")
        #expect(generation.finishReason == .stop)
        #expect(generation.usage == Usage(promptTokens: 3, completionTokens: 5))
        #expect(generation.tokens == "abcab".utf8.map { Token(rawValue: Int32($0)) })
    }

    @Test("the backend is told when there is nothing to do, and never between the steps of an answer")
    func rest() async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        await control.rests(1)
        let answer = AsyncContext(fake.model).stream("abc", maxTokens: 5)
        await control.steps(1)
        let before = control.log.rests
        await control.advance { $0.plans.count == 5 }
        #expect(control.log.rests == before)
        control.release()
        #expect(try await answer.collect().text == "abcab")
        await control.rests(before + 1)
    }

    @Test("S28: generateAll answers in the order of the prompts, more of them than run together")
    func generateAll() async throws {
        let fake = FakeModel(parallel: 3)
        let prompts = (0..<20).map { "prompt \($0) " }
        let answers = try await fake.model.generateAll(prompts, maxTokens: 10)
        #expect(answers == prompts.map { String(String(repeating: $0, count: 2).prefix(10)) })
        let together = fake.control.log.plans.map { $0.decode.count + $0.prefill.count }.max() ?? 0
        #expect(together == 3)
    }

    @Test("S28: long answers of generateAll are generated together to their end, though they are read one after the other")
    func generateAllLong() async throws {
        let fake = FakeModel(parallel: 4)
        _ = try await fake.model.generateAll(["a", "b", "c", "d"], maxTokens: 200)
        let alone = fake.control.log.plans.count { $0.decode.count == 1 }
        #expect(alone < 20)
    }

    @Test("S08: two calls on one context are both answered, in the order in which they were made, and never together")
    func oneContext() async throws {
        let fake = FakeModel()
        let context = AsyncContext(fake.model)
        let streams = (0..<5).map { context.stream("call \($0)", maxTokens: 6) }
        for (index, stream) in streams.enumerated() {
            #expect(try await stream.collect().text == "call \(index)")
        }
        let busy = fake.control.log.plans.map { Set($0.decode.map(\.request) + $0.prefill.map(\.request)).count }
        #expect(busy.allSatisfy { $0 <= 1 })
        let order = fake.control.log.plans.flatMap { $0.prefill.map(\.request) }
        #expect(order == order.sorted())
    }

    @Test("S12: calls on two contexts run together, and the failure of one leaves the other's result")
    func twoContexts() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let good = AsyncContext(fake.model).stream("good", maxTokens: 8)
        let bad = AsyncContext(fake.model).stream("bad!", maxTokens: 8)
        _ = try await fake.model.tokenize("the text thread has sent both on")
        await fake.control.advance { Set($0.plans.flatMap { $0.prefill.map(\.request) }).count == 2 }
        let requests = fake.control.log.plans.flatMap { $0.prefill.map(\.request) }.sorted()
        fake.control.fail(requests[1], RequestFault(.engineFailed, "on purpose", underlying: -3))
        fake.control.release()
        #expect(try await good.collect().text == "goodgood")
        await #expect {
            _ = try await bad.collect()
        } throws: { error in
            let error = error as? MullamaError
            return error?.code == .engineFailed && error?.underlying == -3 && error?.message == "on purpose"
        }
        #expect(try await AsyncContext(fake.model).generate("next", maxTokens: 4) == "next")
    }

    @Test("A model that is kept from ending goes on to maxTokens, and to a stop string")
    func ignoresEnd() async throws {
        let fake = FakeModel(FakeControl(length: 2))
        let context = AsyncContext(fake.model)
        #expect(try await context.generate("abc", maxTokens: 5) == "ab")
        let generation = try await context.stream("abc", maxTokens: 5, options: .init(ignoreEndOfGeneration: true)).collect()
        #expect(generation.text == "abcab" && generation.finishReason == .length)
        #expect(try await context.generate("abc", maxTokens: 9, options: .init(stop: ["ca"], ignoreEndOfGeneration: true)) == "ab")
    }

    @Test("A stop string ends the answer and is not part of it")
    func stop() async throws {
        let fake = FakeModel()
        let generation = try await AsyncContext(fake.model).stream("one two ", maxTokens: 50, options: .init(stop: ["e two o"])).collect()
        #expect(generation.text == "on")
        #expect(generation.finishReason == .stopSequence)
    }

    @Test("S26: a long cap generates up to the context's end")
    func contextEnd() async throws {
        let fake = FakeModel(contextSize: 64)
        let generation = try await AsyncContext(fake.model).stream("abcd", maxTokens: 5000).collect()
        #expect(generation.finishReason == .length)
        #expect(generation.usage.totalTokens == 64)

        let shifted = try await AsyncContext(fake.model).stream("abcd", maxTokens: 500, options: .init(overflow: .shift)).collect()
        #expect(shifted.usage.completionTokens == 500)
        #expect(shifted.usage.droppedTokens > 400)
        #expect(shifted.text == String(repeating: "abcd", count: 125))
    }

    @Test("A prompt that does not fit is refused with both counts, before any work")
    func tooLong() async throws {
        let fake = FakeModel(contextSize: 64)
        await #expect {
            _ = try await AsyncContext(fake.model).generate(String(repeating: "x", count: 65))
        } throws: { error in
            let error = error as? MullamaError
            return error?.code == .contextWindowExceeded && error?.message.contains("65") == true && error?.message.contains("64") == true
        }
        #expect(fake.control.log.plans.isEmpty)
    }

    @Test("S44: a slow reader is not scheduled, and loses nothing")
    func backPressure() async throws {
        let fake = FakeModel()
        let stream = AsyncContext(fake.model).stream("abcd", maxTokens: 400)
        // Another generation runs to its end meanwhile: that takes 500 steps, in which the first one must not go on for ever.
        _ = try await AsyncContext(fake.model, ContextParams(contextSize: 600)).generate("z", maxTokens: 500)
        // The earlier call: where both prompts are in one step, the shorter comes first.
        let first = try #require(fake.control.log.plans.flatMap(\.prefill).map(\.request).min())
        let rows = fake.control.log.plans.count { $0.decode.contains { $0.request == first } }
        #expect(rows < 100)
        #expect(try await stream.collect().text == String(repeating: "abcd", count: 100))
    }

    @Test("The second prompt with the same beginning finds it in the cache")
    func prefix() async throws {
        let fake = FakeModel()
        let preamble = String(repeating: "You are helpful. ", count: 10)
        let first = try await AsyncContext(fake.model).stream(preamble + "One?", maxTokens: 3).collect()
        let second = try await AsyncContext(fake.model).stream(preamble + "Two?", maxTokens: 3).collect()
        #expect(first.usage.cachedTokens == 0)
        #expect(second.usage.cachedTokens == 144)
        #expect(second.text == "You")
    }

    @Test("S38: clear forgets what the context computed, and answers stay the same")
    func clear() async throws {
        let fake = FakeModel()
        let context = AsyncContext(fake.model)
        let prompt = String(repeating: "0123456789", count: 10)
        let first = try await context.stream(prompt, maxTokens: 5).collect()
        await context.clear()
        let second = try await context.stream(prompt, maxTokens: 5).collect()
        #expect(second.usage.cachedTokens == 0)
        #expect(second.text == first.text)
        let third = try await context.stream(prompt, maxTokens: 5).collect()
        #expect(third.usage.cachedTokens == 80)
    }

    @Test("A cache that cannot grow fails the asker alone, with the reason, and the model works on")
    func noMemory() async throws {
        let fake = FakeModel()
        // 4 slots of 512 cells, 4 of 256, then 3, 2 and 1: what is tried before the request is given up.
        for _ in 0..<5 { fake.control.failNextResize(RequestFault(.outOfMemory, "no memory")) }
        await #expect {
            _ = try await AsyncContext(fake.model).generate("hello")
        } throws: { error in
            (error as? MullamaError)?.code == .outOfMemory
        }
        #expect(try await AsyncContext(fake.model).generate("hello", maxTokens: 5) == "hello")
    }

    @Test("close serves what was asked before, and refuses what comes later")
    func close() async throws {
        let fake = FakeModel()
        let context = AsyncContext(fake.model)
        let stream = context.stream("abc", maxTokens: 30)
        async let text = stream.collect().text
        await fake.model.close()
        #expect(try await text == String(repeating: "abc", count: 10))
        await fake.model.close()
        await #expect {
            _ = try await context.generate("late")
        } throws: { error in
            (error as? MullamaError)?.code == .modelClosed
        }
        await #expect(throws: MullamaError.self) { _ = try await fake.model.tokenize("late") }
    }

    @Test("A stream outlives the variable that its model was in")
    func lifetime() async throws {
        var fake: FakeModel? = FakeModel()
        let stream = try AsyncContext(#require(fake).model).stream("abc", maxTokens: 300)
        fake = nil
        #expect(try await stream.collect().text == String(repeating: "abc", count: 100))
    }
}
