import InferenceCore
import Testing

/// A random script of inputs to a scheduler, made from a seed, and what must hold when it is over.
struct RandomScript {
    /// What happened, so that a test can see that the scripts are not too tame.
    struct Tally: Equatable {
        var finished = 0
        var cancelled = 0
        var expired = 0
        var faults = 0
        var failedResizes = 0
        var resizes = 0
        var shifts = 0
        var cachedTokens = 0
        var stopped = 0
        var together = 0
        var copies = 0
        var parks = 0
        var suspensions = 0
        var saves = 0

        static func + (lhs: Self, rhs: Self) -> Self {
            Tally(
                finished: lhs.finished + rhs.finished,
                cancelled: lhs.cancelled + rhs.cancelled,
                expired: lhs.expired + rhs.expired,
                faults: lhs.faults + rhs.faults,
                failedResizes: lhs.failedResizes + rhs.failedResizes,
                resizes: lhs.resizes + rhs.resizes,
                shifts: lhs.shifts + rhs.shifts,
                cachedTokens: lhs.cachedTokens + rhs.cachedTokens,
                stopped: lhs.stopped + rhs.stopped,
                together: lhs.together + rhs.together,
                copies: lhs.copies + rhs.copies,
                parks: lhs.parks + rhs.parks,
                suspensions: lhs.suspensions + rhs.suspensions,
                saves: lhs.saves + rhs.saves
            )
        }
    }

    /// Twice what holds everywhere.
    private static let blocks: [PrefillBlocks] = [
        .standard, .standard, PrefillBlocks(cut: 1, least: 8), PrefillBlocks(cut: 4, least: 8), PrefillBlocks(cut: 4, least: 16), .relaxed,
    ]
    private static let fault = RequestFault(.engineFailed, "injected")

    private var generator: SeededGenerator
    private var harness: SchedulerHarness
    private var waiting: [GenerationRequest]
    private let requests: [GenerationRequest]

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let cells = [Int.max, Int.max, 2_048, 1_024].randomElement(using: &generator) ?? .max
        self.harness = SchedulerHarness(
            parallel: Int.random(in: 1...4, using: &generator),
            firstSlots: Bool.random(using: &generator) ? 1 : nil,
            shrinkAfter: Bool.random(using: &generator) ? .milliseconds(Int.random(in: 0...5, using: &generator)) : nil,
            cells: cells,
            canTrim: Int.random(in: 0..<5, using: &generator) > 0,
            canTrimMoved: Int.random(in: 0..<4, using: &generator) > 0,
            chunk: [16, 32, 64, 256].randomElement(using: &generator) ?? 64,
            parkedTokens: [0, 100, 300, 10_000].randomElement(using: &generator) ?? 0
        )
        self.harness.model.followsCells = true
        var shape =
            Int.random(in: 0..<4, using: &generator) == 0
            ? StepShape(decodeBatch: 2, prefillChunk: Bool.random(using: &generator) ? 16 : 32) : .any
        shape.blocks = Self.blocks.randomElement(using: &generator) ?? .standard
        self.harness.restrict(to: shape)
        self.harness.preparationSteps = Int.random(in: 0...6, using: &generator)
        let count = Int.random(in: 1...(Int.random(in: 1...40, using: &generator)), using: &generator)
        self.requests = (1...UInt64(count)).map { Self.request($0, using: &generator) }
        self.waiting = self.requests.reversed()
        self.generator = generator
    }

    private static func request(_ id: UInt64, using generator: inout SeededGenerator) -> GenerationRequest {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        let isLong = chance(4)
        // Three families of prompts, so that prefixes are shared; some leave their family in the middle.
        let start = Int.random(in: 0..<3, using: &generator) * 1_000
        let length = isLong ? Int.random(in: 500...700, using: &generator) : Int.random(in: 1...(chance(30) ? 250 : 90), using: &generator)
        var prompt = Token.numbered(start..<(start + length))
        if chance(30) {
            let border = Int.random(in: 0..<length, using: &generator)
            prompt.replaceSubrange(border..., with: Token.numbered(5_000..<(5_000 + length - border)))
        }
        let overflow: OverflowPolicy = chance(25) ? .shift : .stop
        // Some answers outgrow the cache in which they begin.
        let maxTokens = Int.random(in: 1...14, using: &generator) + (chance(3) ? 500 : 0)
        let room = chance(40) ? Int.random(in: 1...8, using: &generator) : maxTokens > 14 ? 700 : 100
        let stops = ["ab", "é", "b a", "eab", "😀", "c "].filter { _ in chance(15) }
        let scoresPrompt = id % 12 == 5
        return GenerationRequest(
            id: RequestID(id),
            context: ContextID(UInt64.random(in: 1...6, using: &generator)),
            prompt: prompt,
            maxTokens: scoresPrompt && id % 24 == 5 ? 0 : maxTokens,
            contextSize: length + room,
            stopSequences: stops,
            overflow: overflow,
            priority: RequestPriority.allCases.randomElement(using: &generator) ?? .normal,
            deadline: chance(10) ? .milliseconds(Int.random(in: 0...60, using: &generator)) : nil,
            scoresPrompt: scoresPrompt
        )
    }

    mutating func run() -> Tally {
        var together = 0
        while !self.waiting.isEmpty || self.chance(80) {
            self.input()
            for _ in 0..<Int.random(in: 0...3, using: &self.generator) {
                guard let plan = self.harness.step() else { break }
                together = max(together, plan.decode.count)
            }
        }
        self.harness.memory = .max
        for request in self.requests { self.harness.pause(request.id.rawValue, false) }
        self.harness.run()
        self.harness.failingResizes = 0
        if let alarm = self.harness.scheduler.nextAlarm {
            self.harness.now = alarm
            self.harness.run()
            #expect(self.harness.scheduler.geometry == .none)
        }
        self.checkEnd()

        var tally = Tally(
            failedResizes: self.harness.failedResizes,
            resizes: self.harness.cache.resizes,
            together: together,
            copies: self.harness.cache.copies,
            parks: self.harness.cache.parks,
            suspensions: self.harness.cache.suspensions,
            saves: self.harness.cache.saves
        )
        for request in self.requests { self.check(request, &tally) }
        return tally
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self.generator) < percent
    }

    private mutating func input() {
        // Now and then an id that is still to come, or that never comes.
        let id = UInt64.random(in: 1...UInt64(self.requests.count + 2), using: &self.generator)
        switch Int.random(in: 0..<100, using: &self.generator) {
        case 0..<50: if let request = self.waiting.popLast() { self.harness.add(request) }
        case 50..<58: self.harness.cancel(id)
        case 58..<70:
            self.harness.pause(id, self.chance(50))
            // Now and then for longer than others have patience.
            if self.chance(20) { self.harness.now += .milliseconds(1_100) }
        case 70..<74: self.harness.faults[RequestID(id)] = Self.fault
        case 74..<77: self.harness.failingResizes += 1
        case 77..<81: self.harness.forget(UInt64.random(in: 1...6, using: &self.generator))
        case 84..<86: self.harness.memory = [1_500, 3_000, .max].randomElement(using: &self.generator) ?? .max
        case 81..<84: self.harness.now += .milliseconds(Int.random(in: 0...10, using: &self.generator))
        default: self.harness.step()
        }
    }

    private func checkEnd() {
        #expect(self.harness.scheduler.isIdle)
        #expect(self.harness.scheduler.runningCount == 0 && self.harness.scheduler.waitingCount == 0)
        #expect(self.harness.scheduler.busyLengths.isEmpty)
        #expect(self.harness.scheduler.nextAlarm == nil)
        #expect(self.harness.endings.count == self.requests.count)
        #expect(self.harness.ended.count == self.requests.count)
    }

    private func check(_ request: GenerationRequest, _ tally: inout Tally) {
        let id = request.id.rawValue
        let text = self.harness.text(id)
        guard let ending = self.harness.ending(id) else { return }
        tally.shifts += ending.usage.droppedTokens > 0 ? 1 : 0
        tally.cachedTokens += ending.usage.cachedTokens
        switch ending {
        case .finished(.stop, let usage, _), .finished(.stopSequence, let usage, _), .finished(.length, let usage, _):
            let alone = self.alone(request)
            #expect(text == alone.text(id), "\(request.id) says something else than alone")
            #expect(ending.reason == alone.reason(id))
            #expect(usage.completionTokens == alone.usage(id)?.completionTokens)
            #expect(usage.droppedTokens == alone.usage(id)?.droppedTokens)
            #expect((self.harness.scores[request.id] != nil) == request.scoresPrompt)
            tally.finished += 1
            tally.stopped += ending.reason == .stopSequence ? 1 : 0
        case .finished(let reason, _, _):
            #expect(reason == .cancelled || reason == .deadline && request.deadline != nil)
            self.expectBeginning(text, of: request)
            tally.cancelled += reason == .cancelled ? 1 : 0
            tally.expired += reason == .deadline ? 1 : 0
        case .failed(let fault, _, _):
            self.expectBeginning(text, of: request)
            #expect(
                fault == Self.fault || fault.code == .outOfMemory && self.harness.failedResizes > 0
                    || fault.code == .cacheExhausted && request.contextSize > 500
                    || fault.code == .timedOut && request.deadline != nil,
                "\(fault)"
            )
            tally.faults += fault == Self.fault ? 1 : 0
        }
    }

    /// What was said before the end is what would have been said, though held text may come out that a stop string would have swallowed.
    private func expectBeginning(_ text: String, of request: GenerationRequest) {
        guard !text.isEmpty else { return }
        var free = request
        free.stopSequences = []
        #expect(self.alone(free).text(request.id.rawValue).utf8.starts(with: text.utf8), "\(request.id) said something else than alone")
    }

    private func alone(_ request: GenerationRequest) -> SchedulerHarness {
        var harness = SchedulerHarness(parallel: 1)
        // Alone, nothing is computed together; but where prompts are cut is a part of the model.
        harness.restrict(to: StepShape(blocks: self.harness.blocks))
        harness.model.followsCells = true
        var request = request
        request.deadline = nil
        harness.add(request)
        harness.run()
        return harness
    }
}
