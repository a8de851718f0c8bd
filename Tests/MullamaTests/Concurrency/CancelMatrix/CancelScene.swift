import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

/// A model with others at work and a call in the phase of a cell, held there: neither the engine nor the text thread moves on by itself.
struct CancelScene {
    let cell: CancelCell
    let fake: FakeModel
    let victim: Victim
    private let others: [(prompt: String, maxTokens: Int, stream: GenerationStream)]

    /// Numbers are given in the order of the calls, and the others come first.
    static let request = RequestID(3)

    init(_ cell: CancelCell) async throws {
        let isBeforeSubmit = cell.phase == .beforeSubmit
        let control = FakeControl(isHeld: true, isTextHeld: isBeforeSubmit)
        let clock = ManualClock()
        let fake = FakeModel(control, parallel: cell.phase == .queued ? 2 : 3, clock: clock)
        self.others = [("left ", 150), ("right ", 170)].map { prompt, maxTokens in
            let stream = AsyncContext(fake.model).stream(prompt, maxTokens: maxTokens, options: .greedy)
            stream.collectsWhole()
            return (prompt, maxTokens, stream)
        }
        control.releaseText(2)
        await control.texts(2)
        await control.advance { $0.step?.decode.count == 2 }

        let victim = Victim(cell, on: fake.model, clock: clock, maxTokens: cell.phase == .afterEnd ? 8 : 100)
        if isBeforeSubmit {
            await control.texts(3)
        } else {
            // The text thread is done with it, and its message is with the engine.
            _ = try await fake.model.tokenize("")
        }
        switch cell.phase {
        case .beforeSubmit, .loading: break
        case .queued: await control.advance(by: 3)
        case .prefill: await control.advance { $0.step?.prefill.contains { $0.request == Self.request && $0.position == 32 } ?? false }
        case .decode: await control.advance { $0.decoded(Self.request) == 4 }
        case .consumerBlocked: await control.advance { $0.decoded(Self.request) > 8 && !($0.step?.names(Self.request) ?? false) }
        case .afterEnd: await control.advance { $0.decoded(Self.request) > 0 && !$0.live.contains(Self.request) }
        }
        // The time limit runs from when the consumer's task has got to it.
        if cell.way == .timeout {
            if cell.phase == .afterEnd { _ = await victim.outcome } else { await clock.nextSleeper() }
        }
        self.cell = cell
        self.fake = fake
        self.victim = victim
    }

    /// What the victim's engine work had come to when the present step was entered.
    var textSoFar: String {
        let steps = self.fake.control.log.plans.dropLast()
        let tokens = steps.count {
            $0.decode.contains { $0.request == Self.request } || $0.prefill.contains { $0.request == Self.request && $0.isLast }
        }
        return Self.answer(to: Victim.prompt, tokens)
    }

    /// Tokens of the victim's prompt in chunks that were computed whole.
    var warmTokens: Int {
        let chunks = self.fake.control.log.plans.flatMap(\.prefill).filter { $0.request == Self.request && !$0.isLast }
        return chunks.reduce(0) { $0 + $1.tokens.count }
    }

    /// The others have their exact answers.
    func expectOthersUntouched() async throws {
        for other in self.others {
            #expect(try await other.stream.collect().text == Self.answer(to: other.prompt, other.maxTokens))
        }
    }

    static func answer(to prompt: String, _ tokens: Int) -> String {
        String(String(repeating: prompt, count: tokens / prompt.count + 1).prefix(tokens))
    }
}

extension FakeControl.Log {
    /// How many steps worked on the request's answer.
    func decoded(_ request: RequestID) -> Int {
        self.plans.count { $0.decode.contains { $0.request == request } }
    }
}

extension StepPlan {
    func names(_ request: RequestID) -> Bool {
        self.decode.contains { $0.request == request } || self.prefill.contains { $0.request == request }
    }
}
