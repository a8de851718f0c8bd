import Mullama
import MullamaTestSupport
import Synchronization
import Testing

@testable import MullamaCLI

struct PatientSourceTests {
    /// Answers with what it is given, one after the other.
    private final class Source: AnswerSource {
        let modelName = "m"
        let reproducibility: ReproducibilityStatus? = nil
        private let outcomes: Mutex<[(String, (any Error)?)]>

        init(_ outcomes: [(String, (any Error)?)]) {
            self.outcomes = Mutex(outcomes)
        }

        var left: Int { self.outcomes.withLock { $0.count } }

        func answer(
            _ prompt: String,
            _ job: AnswerJob,
            onText: (String) async throws -> Void
        ) async -> (answer: Answer, error: (any Error)?) {
            let (text, error) = self.outcomes.withLock { $0.removeFirst() }
            var answer = Answer(seed: 0)
            answer.text = text
            return (answer, error)
        }

        func width(_ job: AnswerJob) async -> Int { 3 }
        func conversation(_ job: AnswerJob) -> any Conversation { LocalConversation(session: ChatSession(FakeModel().model)) }
    }

    private let job = AnswerJob(
        model: "m",
        params: ModelParams(),
        isRaw: true,
        maxTokens: 1,
        options: .greedy,
        hasFixedSeed: false,
        style: .whole,
        wantsStats: false
    )

    private func ask(_ source: Source, sleep: @escaping @Sendable (Duration) async throws -> Void) async -> (Answer, (any Error)?) {
        await PatientSource(base: source, sleep: sleep).answer("p", self.job) { _ in }
    }

    @Test func `who is told that there is too much to do comes again when it is told to`() async {
        let waits = Mutex<[Duration]>([])
        let source = Source([
            ("", MullamaError(.overloaded, "full", retryAfter: .seconds(7))), ("", MullamaError(.overloaded, "full")), ("yes", nil),
        ])
        let (answer, error) = await self.ask(source) { wait in waits.withLock { $0.append(wait) } }
        #expect(answer.text == "yes" && error == nil)
        #expect(waits.withLock { $0 } == [.seconds(7), .seconds(1)])
    }

    @Test func `what has begun, or failed in another way, is not asked again`() async {
        let outcomes: [(String, (any Error)?)] = [("so", MullamaError(.overloaded, "full")), ("", MullamaError(.engineFailed, "broken"))]
        for outcome in outcomes {
            let source = Source([outcome, ("yes", nil)])
            let (answer, error) = await self.ask(source) { _ in Issue.record("it waits") }
            #expect(answer.text == outcome.0 && error is MullamaError)
            #expect(source.left == 1)
        }
    }

    @Test func `a cancel ends the waiting`() async {
        let source = Source([("", MullamaError(.overloaded, "full")), ("yes", nil)])
        let (_, error) = await self.ask(source) { _ in throw CancellationError() }
        #expect(error is CancellationError)
        #expect(source.left == 1)
    }
}
