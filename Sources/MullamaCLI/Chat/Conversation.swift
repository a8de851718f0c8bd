import Foundation
import Mullama

/// A chat's history, and what answers in it.
protocol Conversation: Sendable {
    var modelName: String { get }
    /// Whether messages go to the model in a form that it was perhaps not trained on.
    var lacksTemplate: Bool { get }
    var instructions: String? { get }
    var messages: [ChatMessage] { get }

    func setInstructions(_ instructions: String?) async throws
    func clear() async throws
    func save(to url: URL) async throws
    func load(from url: URL) async throws

    /// Answers in the chat. What is broken off stays in the history as far as it was read; where nothing was, the history is as before.
    ///
    /// - Parameters:
    ///   - question: Nil to answer the last one again.
    ///   - options: Their token ends the answer.
    ///   - onText: Called with the text as it comes; an error of it ends the answer.
    func answer(
        _ question: String?,
        maxTokens: Int,
        options: GenerationOptions,
        onText: (String) async throws -> Void
    ) async throws -> Answer
}
