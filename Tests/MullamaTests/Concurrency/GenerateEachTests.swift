import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Answers as they are complete", .timeLimit(.minutes(1)))
struct GenerateEachTests {
    @Test("S28: every prompt has one element, with its own index and answer, the shortest first; generateAll has the order of the prompts")
    func order() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let words = [60, 40, 20, 1].map { String(repeating: "x", count: $0) }
        let options = GenerationOptions(temperature: 0, stop: ["stop"])
        let each = try await self.start(fake, words.map { $0 + "stop" }, options)
        fake.control.release()
        var indices: [Int] = []
        for await (index, result) in each {
            indices.append(index)
            #expect(try result.get().text == words[index])
            #expect(try result.get().finishReason == .stopSequence)
        }
        #expect(indices == [3, 2, 1, 0])
        #expect(try await fake.model.generateAll(words.map { $0 + "stop" }, maxTokens: 400, options: options) == words)
    }

    @Test("S28: more prompts than run together, and long answers that nobody reads meanwhile, are all answered together")
    func many() async throws {
        let fake = FakeModel(parallel: 3)
        let prompts = (0..<20).map { "prompt \($0) " }
        var seen: Set<Int> = []
        for await (index, result) in fake.model.generateEach(prompts, maxTokens: 60) {
            #expect(seen.insert(index).inserted)
            #expect(try result.get().text == CancelScene.answer(to: prompts[index], 60))
        }
        #expect(seen.count == prompts.count)
        #expect(fake.control.log.plans.count { $0.decode.count + $0.prefill.count == 3 } > 300)
    }

    @Test("S28: no prompts, no elements")
    func none() async {
        for await element in FakeModel().model.generateEach([]) { Issue.record("\(element)") }
    }

    @Test("S12 S28: one that fails, and one that is refused, leave the others", arguments: [0, 1, 2])
    func failing(_ broken: Int) async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        var prompts = ["one ", "two ", "six "]
        prompts.insert("", at: 1)
        let each = try await self.start(fake, prompts, maxTokens: 12)
        await fake.control.advance { Set($0.plans.flatMap { $0.prefill.map(\.request) }).count == 3 }
        let requests = fake.control.log.live.sorted()
        fake.control.fail(requests[broken], RequestFault(.engineFailed, "on purpose"))
        fake.control.release()

        var codes: [Int: MullamaError.Code] = [:]
        for await (index, result) in each {
            do {
                let text = try result.get().text
                #expect(text == CancelScene.answer(to: prompts[index], 12))
            } catch let error as MullamaError {
                codes[index] = error.code
            }
        }
        #expect(codes == [1: .invalidRequest, [0, 2, 3][broken]: .engineFailed])
    }

    @Test("S25 S28: leaving the loop cancels the rest, though a variable still holds the sequence")
    func leaving() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let each = try await self.start(fake, ["short stop", "long"], .init(temperature: 0, stop: ["stop"]))
        await fake.control.advance { $0.live == [RequestID(2)] }
        for await (index, result) in each {
            #expect(index == 0)
            #expect(try result.get().text == "short ")
            break
        }
        try await self.expectIdle(fake, after: 1)
        withExtendedLifetime(each) {}
    }

    @Test("S25 S28: a sequence that is dropped unread cancels all")
    func dropped() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        do {
            let each = try await self.start(fake, ["one", "two"])
            await fake.control.advance { $0.live.count == 2 }
            withExtendedLifetime(each) {}
        }
        try await self.expectIdle(fake, after: 1)
    }

    @Test("S24 S28: cancelling the task that iterates ends all at once, each with its element, in the middle of a step")
    func cancelled() async throws {
        let fake = FakeModel(FakeControl(isHeld: true))
        let each = try await self.start(fake, ["short stop", "long", "wide"], .init(temperature: 0, stop: ["stop"]))
        let (first, sawFirst) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            var ends: [Int: String] = [:]
            for await (index, result) in each {
                do {
                    ends[index] = try result.get().text
                    sawFirst.yield()
                } catch {
                    ends[index] = error is CancellationError ? "cancelled" : "\(error)"
                }
            }
            return ends
        }
        await fake.control.advance { $0.live == [RequestID(2), RequestID(3)] }
        for await _ in first { break }
        task.cancel()
        #expect(await task.value == [0: "short ", 1: "cancelled", 2: "cancelled"])
        try await self.expectIdle(fake, after: 1)
    }

    @Test("S23 S28: the options' token cancels what is not complete, and the sequence ends as always")
    func token() async throws {
        let token = CancellationToken()
        let fake = FakeModel(FakeControl(isHeld: true))
        let each = try await self.start(fake, ["one", "two"], .init(cancellation: token))
        await fake.control.advance { $0.live.count == 2 }
        token.cancel()
        var count = 0
        for await (_, result) in each {
            #expect(throws: CancellationError.self) { try result.get() }
            count += 1
        }
        #expect(count == 2)
    }

    @Test("The loop stays on the actor that it runs on")
    @MainActor func isolation() async throws {
        for await (_, result) in FakeModel().model.generateEach(["one", "two"], maxTokens: 3) {
            MainActor.assertIsolated()
            #expect(try result.get().text.count == 3)
        }
    }

    /// Starts answers, all of which the engine will know of after its first step.
    private func start(
        _ fake: FakeModel,
        _ prompts: [String],
        _ options: GenerationOptions = .greedy,
        maxTokens: Int = 400
    ) async throws -> GenerationResults {
        let results = fake.model.generateEach(prompts, maxTokens: maxTokens, options: options)
        _ = try await fake.model.tokenize("")
        return results
    }

    /// The engine does nothing more for those who were cancelled, and serves the next.
    private func expectIdle(_ fake: FakeModel, after steps: Int) async throws {
        let before = fake.control.log.plans.count
        fake.control.release()
        #expect(try await fake.model.generate("next", maxTokens: 8) == "nextnext")
        #expect(fake.control.log.live.isEmpty)
        #expect(fake.control.log.plans.count <= before + steps + 9)
    }
}
