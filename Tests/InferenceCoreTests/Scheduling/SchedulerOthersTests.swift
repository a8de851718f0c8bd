import InferenceCore
import Testing

@Suite("What shares the engine with the scheduler's steps")
struct SchedulerOthersTests {
    private var scheduler = Scheduler(limits: SchedulerLimits(parallel: 4))

    private mutating func add(_ id: UInt64, prompt: Int) {
        let request = GenerationRequest(
            id: RequestID(id),
            context: ContextID(id),
            prompt: [Token](repeating: Token(rawValue: Int32(id)), count: prompt),
            maxTokens: 100,
            contextSize: 1_000
        )
        let actions = self.scheduler.add(request, now: .zero)
        #expect(actions.isEmpty)
    }

    /// Plans a step and carries it out.
    ///
    /// - Parameter decodeTime: How long its decode batch takes.
    private mutating func step(holdsPrompts: Bool = false, decodeTime: Duration? = nil) -> StepPlan? {
        guard let plan = self.scheduler.plan(now: .zero, holdsPrompts: holdsPrompts).plan else { return nil }
        var outcome = StepOutcome(decodeTime: plan.decode.isEmpty ? nil : decodeTime)
        for id in plan.decode.map(\.request) + plan.prefill.filter(\.isLast).map(\.request) {
            outcome.samples.append(.init(request: id, token: 7, piece: [65]))
        }
        _ = self.scheduler.commit(outcome, now: .zero)
        return plan
    }

    @Test("a step that holds prompts goes on with those that generate, and the next computes the prompts")
    mutating func holding() {
        self.add(1, prompt: 5)
        let first = self.step()
        #expect(first?.prefill.count == 1)
        self.add(2, prompt: 40)
        #expect(!self.scheduler.hasPrompts)
        let held = self.step(holdsPrompts: true)
        #expect(held?.decode.map(\.request) == [RequestID(1)] && held?.prefill == [])
        #expect(self.scheduler.hasPrompts)
        let next = self.step()
        #expect(next?.decode.count == 1 && next?.prefill.map(\.request) == [RequestID(2)])
    }

    @Test("there is nothing to hold for, and nothing to do, where prompts are all that there is")
    mutating func promptsAlone() {
        self.add(1, prompt: 40)
        // The slot is made.
        while self.step(holdsPrompts: true) != nil {}
        #expect(self.scheduler.hasPrompts)
        #expect(self.scheduler.roomForOthers == nil)
        let next = self.step()
        #expect(next?.prefill.isEmpty == false)
    }

    @Test("others may take what a decode batch leaves of the longest stall")
    mutating func room() throws {
        #expect(self.scheduler.roomForOthers == nil)
        self.add(1, prompt: 5)
        _ = self.step()
        #expect(self.scheduler.roomForOthers == .zero)
        for _ in 0..<20 { _ = self.step(decodeTime: .milliseconds(30)) }
        let room = try #require(self.scheduler.roomForOthers)
        #expect((.milliseconds(60)...(.milliseconds(75))).contains(room))
        // What is moved for one that starts in the step takes half.
        self.add(2, prompt: 5)
        #expect(self.scheduler.roomForOthers == room - .milliseconds(50))
        _ = self.scheduler.cancel(RequestID(2), now: .zero)
        #expect(self.scheduler.roomForOthers == room)
        for _ in 0..<60 { _ = self.step(decodeTime: .milliseconds(300)) }
        #expect(self.scheduler.roomForOthers == .zero)
        // Whose reader is behind does not stand still for others.
        self.scheduler.setPaused(RequestID(1), true, now: .zero)
        #expect(self.scheduler.roomForOthers == nil)
    }
}
