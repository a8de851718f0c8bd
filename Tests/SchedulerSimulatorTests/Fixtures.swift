import InferenceCore
import SchedulerSimulator

extension TraceEntry {
    /// A request whose prompt is like no other's, on a context of its own.
    static func distinct(
        _ number: Int,
        at arrival: Duration = .zero,
        prompt: Int = 100,
        answer: Int = 20,
        priority: RequestPriority = .normal
    ) -> TraceEntry {
        TraceEntry(
            arrival: arrival,
            context: UInt64(number),
            prompt: [PromptPiece(text: UInt64(number), tokens: prompt)],
            answerTokens: answer,
            priority: priority
        )
    }
}

extension Trace {
    static func distinct(_ count: Int, prompt: Int = 100, answer: Int = 20, priority: RequestPriority = .normal) -> Trace {
        Trace((1...count).map { .distinct($0, prompt: prompt, answer: answer, priority: priority) })
    }
}

extension SchedulerLimits {
    /// What the library takes for SmolLM2 with 16 contexts of 4,096 tokens.
    static let library = SchedulerLimits(
        parallel: 16,
        firstSlots: 1,
        shrinkAfter: .seconds(30),
        cells: 65_536,
        parkedTokens: 80_000
    )
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
