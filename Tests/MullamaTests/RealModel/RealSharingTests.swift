import Mullama
import Testing

@Suite("What prompts share on the real model", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealSharingTests {
    private static let preamble = String(repeating: "You are a careful assistant who answers briefly. ", count: 30)
    private static let questions = ["What is the moon?", "Who wrote Faust?", "Why do cats purr?", "How deep is the sea?"]

    @Test("prompts with one preamble that come together compute it once, and say what each says alone")
    func together() async throws {
        let model = try await RealModel.load(parallel: 4)
        let alone = try await RealModel.load(parallel: 1)
        let streams = Self.questions.map { AsyncContext(model).stream(Self.preamble + $0, maxTokens: 12, options: .greedy) }
        var computed = 0
        for (question, stream) in zip(Self.questions, streams) {
            let answer = try await stream.collect()
            computed += answer.usage.promptTokens - answer.usage.cachedTokens
            let expected = try await AsyncContext(alone, ContextParams(isolation: .strict))
                .stream(Self.preamble + question, maxTokens: 12, options: .greedy).collect()
            #expect(expected.usage.cachedTokens == 0)
            #expect(answer.text == expected.text, "\(question)")
        }
        #expect(computed < 300 + 4 * 40)
    }

    @Test("contexts that take turns on one slot are parked and fetched, and say what they said at first")
    func turns() async throws {
        let model = try await RealModel.load(parallel: 1)
        let contexts = (0..<3).map { _ in AsyncContext(model) }
        var first: [String] = []
        for (index, context) in contexts.enumerated() {
            first.append(try await context.generate("Story \(index). " + Self.preamble, maxTokens: 12, options: .greedy))
        }
        for (index, context) in contexts.enumerated() {
            let again = try await context.stream("Story \(index). " + Self.preamble, maxTokens: 12, options: .greedy).collect()
            #expect(again.text == first[index])
            #expect(again.usage.promptTokens - again.usage.cachedTokens < 32)
        }
    }
}
