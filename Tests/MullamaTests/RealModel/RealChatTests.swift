import Foundation
import InferenceCore
import Testing

@testable import Mullama

@Suite("Chats with the real model", .needsModel, .serialized, .timeLimit(.minutes(3)))
struct RealChatTests {
    private static let questions = [
        "Name a river in Europe.", "Where does it begin?", "And where does it end?", "Name a city beside it.", "What is it known for?",
        "Name a mountain.", "How high is it?", "Who climbed it first?", "Name a lake.", "Thank you. Which river was the first?",
    ]

    @Test("with ten turns, each computes what is new, and says what it says anew")
    func tenTurns() async throws {
        let model = try await RealModel.load(parallel: 2)
        let session = ChatSession(model, instructions: "Answer in one short sentence.")
        let plain = ChatSession(
            model,
            instructions: "Answer in one short sentence.",
            ChatParams(context: .init(isolation: .strict), precomputes: false)
        )
        var before = 0
        for (turn, question) in Self.questions.enumerated() {
            let stream = session.streamResponse(to: question, maxTokens: 24, options: .greedy)
            let answer = try await stream.collect()
            // The last chunk is computed in any case; after a short question it begins within the history.
            let lastChunk = PrefillBlocks.standard.lastChunkStart(promptCount: answer.usage.promptTokens)
            #expect(answer.usage.cachedTokens >= min(before / 16 * 16, lastChunk), "turn \(turn + 1)")
            #expect(answer.usage.promptTokens - before < 40, "turn \(turn + 1)")
            _ = try await session.precomputation?.collect()
            #expect(try await plain.respond(to: question, maxTokens: 24, options: .greedy) == answer.text, "turn \(turn + 1)")
            let messages = [ChatMessage(.system, "Answer in one short sentence.")] + session.messages
            let said = try await model.applyTemplate(messages, addGenerationPrompt: false)
            before = try await model.tokenize(said, addSpecial: false, parseSpecial: true).count
        }
        #expect(session.messages.count == 20)
    }

    @Test("a chat goes on after answers that were stopped, whatever was computed ahead meanwhile")
    func stopped() async throws {
        let model = try await RealModel.load(parallel: 1)
        let session = ChatSession(model)
        for (turn, question) in Self.questions.prefix(6).enumerated() {
            let token = CancellationToken()
            let stream = session.streamResponse(
                to: question,
                maxTokens: 40,
                options: GenerationOptions(temperature: 0, cancellation: token)
            )
            do {
                var chunks = 0
                for try await _ in stream {
                    chunks += 1
                    if chunks > turn { token.cancel() }
                }
            } catch is CancellationError {
                // An answer may be shorter than that, and end by itself.
            }
        }
        let history = session.messages
        #expect(history.count == 12)
        #expect(history.contains { $0.isIncomplete })
        let answer = try await session.respond(to: "Hello?", maxTokens: 16, options: .greedy)
        let fresh = ChatSession(model, instructions: nil, ChatParams(context: .init(isolation: .strict), precomputes: false))
        try await fresh.setMessages(history)
        #expect(try await fresh.respond(to: "Hello?", maxTokens: 16, options: .greedy) == answer)
    }

    @Test("The model brings its template and its tokens")
    func template() async throws {
        let model = try await RealModel.load()
        #expect(!model.chatTemplate.isFallback)
        #expect(model.chatTemplate.source.contains("<|im_start|>"))
        #expect(model.chatTemplates.count == 1)
    }
}
