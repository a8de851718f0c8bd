import InferenceCore
import Testing

@Suite("Scheduler: how requests end")
struct SchedulerEndingTests {
    private static func run(_ request: GenerationRequest, _ answer: [String] = [], canShift: Bool = true) -> SchedulerHarness {
        var harness = SchedulerHarness(canShift: canShift)
        if !answer.isEmpty { harness.model.answers[request.id] = answer.map { Array($0.utf8) } }
        harness.add(request)
        harness.run()
        return harness
    }

    @Test("an end-of-generation token ends with .stop and is not counted")
    func endOfGeneration() {
        let harness = Self.run(.sample(1, maxTokens: 9), ["a", "b", "c"])
        #expect(harness.reason(1) == .stop)
        #expect(harness.text(1) == "abc")
        #expect(harness.usage(1)?.completionTokens == 3)
    }

    @Test("an answer may be empty")
    func emptyAnswer() {
        var harness = SchedulerHarness()
        harness.model.answers[RequestID(1)] = []
        harness.add(.sample(1))
        harness.run()
        #expect(harness.reason(1) == .stop)
        #expect(harness.texts.isEmpty)
        #expect(harness.usage(1)?.completionTokens == 0)
    }

    @Test(
        "a stop string ends with .stopSequence, wherever tokens cut it, and is not shown",
        arguments: [
            (["ab", "STOP", "c"], "ab", 2), (["abS", "TO", "Pc"], "ab", 3), (["a", "S", "T", "O", "P"], "a", 5), (["STOP"], "", 1),
            (["aST", "STO", "P"], "aST", 3),
        ]
    )
    func stopString(answer: [String], text: String, tokens: Int) {
        let harness = Self.run(.sample(1, maxTokens: 9, stops: ["STOP", "never"]), answer)
        #expect(harness.reason(1) == .stopSequence)
        #expect(harness.text(1) == text)
        #expect(harness.usage(1)?.completionTokens == tokens)
    }

    @Test("text held for a stop string that does not come is shown at the end")
    func heldText() {
        let ended = Self.run(.sample(1, maxTokens: 9, stops: ["STOP"]), ["a", "ST", "O"])
        #expect(ended.reason(1) == .stop && ended.text(1) == "aSTO")
        #expect(ended.tokens[RequestID(1)]?.count == 3)
        let cut = Self.run(.sample(1, maxTokens: 2, stops: ["STOP"]), ["a", "ST", "O"])
        #expect(cut.reason(1) == .length && cut.text(1) == "aST")
        let last = Self.run(.sample(1, maxTokens: 2, stops: ["STOP"]), ["aST", "OPb"])
        #expect(last.reason(1) == .stopSequence && last.text(1) == "a")
    }

    @Test("a character spread over tokens comes whole, with all its tokens; one cut off at the end does not come")
    func characters() {
        var harness = SchedulerHarness()
        harness.model.answers[RequestID(1)] = [[0x61], [0xF0, 0x9F], [0x98], [0x80], [0xC3]]
        harness.add(.sample(1, maxTokens: 9))
        harness.steps(3)
        #expect(harness.text(1) == "a")
        harness.run()
        #expect(harness.text(1) == "a😀")
        #expect(harness.tokens[RequestID(1)] == [10_000, 10_001, 10_002, 10_003])
    }

    @Test("maxTokens ends with .length", arguments: [1, 2, 7])
    func maxTokens(count: Int) {
        let harness = Self.run(.sample(1, maxTokens: count))
        #expect(harness.reason(1) == .length)
        #expect(harness.text(1) == String(repeating: "x", count: count))
        #expect(harness.usage(1)?.completionTokens == count)
    }

    @Test("the context's end is .length", arguments: [(20, 24, 4), (20, 21, 1), (511, 512, 1)])
    func contextEnd(prompt: Int, contextSize: Int, tokens: Int) {
        let harness = Self.run(.sample(1, prompt: 0..<prompt, maxTokens: 100, contextSize: contextSize))
        #expect(harness.reason(1) == .length)
        #expect(harness.usage(1)?.completionTokens == tokens)
        #expect(harness.usage(1)?.droppedTokens == 0)
    }

    @Test(".refuse demands room for maxTokens up front")
    func refuse() throws {
        let fits = Self.run(.sample(1, prompt: 0..<20, maxTokens: 4, contextSize: 24, overflow: .refuse))
        #expect(fits.reason(1) == .length && fits.text(1) == "xxxx")

        let harness = Self.run(.sample(1, prompt: 0..<20, maxTokens: 5, contextSize: 24, overflow: .refuse))
        let fault = try #require(harness.ending(1)?.fault)
        #expect(fault.code == .contextWindowExceeded)
        #expect(["20", "5", "24", "at most 4"].allSatisfy { fault.message.contains($0) })
        #expect(harness.plans.isEmpty)
    }

    @Test(".shift drops generated tokens and goes on, the prompt stays")
    func shift() {
        let request = GenerationRequest.sample(1, prompt: 0..<20, maxTokens: 40, contextSize: 32, overflow: .shift)
        var harness = SchedulerHarness()
        harness.add(request)
        harness.step {
            #expect($0.scheduler.busyLengths.allSatisfy { $0.length <= 32 })
            return $0.ending(1) != nil
        }
        #expect(harness.reason(1) == .length)
        #expect(harness.text(1) == String(repeating: "x", count: 40))
        // 39 generated tokens are computed, 12 fit beside the prompt: at 12, 18, 24, 30 and 36 half of them go.
        #expect(harness.usage(1) == Usage(promptTokens: 20, completionTokens: 40, droppedTokens: 30))
        #expect(harness.cache.discards == 5)
        #expect(harness.cache.tokens(in: SlotID(0)).prefix(20) == request.prompt[...])
    }

    @Test(".shift with room for a single token")
    func tightShift() {
        let harness = Self.run(.sample(1, prompt: 0..<20, maxTokens: 5, contextSize: 21, overflow: .shift))
        #expect(harness.text(1) == "xxxxx")
        #expect(harness.usage(1)?.droppedTokens == 3)
    }

    @Test("a full sequence shifts after a resize, not with it")
    func shiftAndResize() {
        var harness = SchedulerHarness()
        harness.add(.sample(1, prompt: 0..<20, maxTokens: 40, contextSize: 32, overflow: .shift))
        harness.step { $0.scheduler.busyLengths.first?.length == 32 }
        harness.add(.sample(2, prompt: 0..<600, contextSize: 1_000))
        harness.step { $0.cache.resizes == 2 }
        #expect(harness.plans.last?.memory.count { if case .discard = $0 { true } else { false } } == 0)
        harness.run()
        #expect(harness.usage(1)?.droppedTokens == 30)
        #expect(harness.text(1).count == 40 && harness.text(2) == "xxxx")
    }

    @Test(
        "requests that cannot run are refused before any work",
        arguments: [
            (GenerationRequest.sample(1, prompt: 0..<0), RequestFault.Code.invalidRequest, ["empty"]),
            (.sample(1, maxTokens: 0), .invalidRequest, ["maxTokens is 0"]),
            (.sample(1, maxTokens: -3), .invalidRequest, ["maxTokens is -3"]),
            (.sample(1, prompt: 0..<600, contextSize: 512), .contextWindowExceeded, ["600", "512"]),
            (.sample(1, prompt: 0..<512, contextSize: 512), .contextWindowExceeded, ["512 tokens"]),
        ]
    )
    func refused(request: GenerationRequest, code: RequestFault.Code, message: [String]) {
        let harness = Self.run(request)
        #expect(harness.ending(1)?.fault?.code == code)
        #expect(message.allSatisfy { harness.ending(1)?.fault?.message.contains($0) == true })
        #expect(harness.usage(1) == Usage(promptTokens: request.prompt.count))
        #expect(harness.plans.isEmpty)
        #expect(harness.scheduler.isIdle)
    }

    @Test("a cache that cannot shift refuses .shift, and nothing else")
    func noShift() {
        #expect(Self.run(.sample(1, overflow: .shift), canShift: false).ending(1)?.fault?.code == .invalidRequest)
        #expect(Self.run(.sample(1, overflow: .stop), canShift: false).reason(1) == .length)
        #expect(Self.run(.sample(1, overflow: .refuse), canShift: false).reason(1) == .length)
    }
}
