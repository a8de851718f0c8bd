import Foundation
import Mullama

/// A chat with a model in this process.
struct LocalConversation: Conversation {
    let session: ChatSession

    var modelName: String { self.session.model.info.name }
    var lacksTemplate: Bool { self.session.model.chatTemplate.isFallback }
    var instructions: String? { self.session.instructions }
    var messages: [ChatMessage] { self.session.messages }

    func setInstructions(_ instructions: String?) async throws { try await self.session.setInstructions(instructions) }
    func clear() async throws { try await self.session.clear() }
    func save(to url: URL) async throws { try await self.session.save(to: url) }
    func load(from url: URL) async throws { try await self.session.load(from: url) }

    func answer(
        _ question: String?,
        maxTokens: Int,
        options: GenerationOptions,
        onText: (String) async throws -> Void
    ) async throws -> Answer {
        let stream =
            question.map { self.session.streamResponse(to: $0, maxTokens: maxTokens, options: options) }
            ?? self.session.regenerate(maxTokens: maxTokens, options: options)
        for try await chunk in stream { try await onText(chunk.text) }
        var answer = Answer(seed: 0)
        if let result = stream.result {
            answer.finishReason = result.finishReason
            answer.measures = Answer.Measures(usage: result.usage, timings: result.timings)
        }
        return answer
    }
}
