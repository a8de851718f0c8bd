import CLlama
import Foundation

/// Renders conversations with the chat templates that llama.cpp knows by heart. It recognises a model's template by its marks; it does not
/// run it.
struct BuiltinChatTemplate {
    private let template: String

    /// - Parameter template: The one in the model's file; nil for ChatML, which most models understand.
    init(_ template: String?) {
        self.template = template ?? "chatml"
    }

    func render(_ messages: [ChatMessage], addGenerationPrompt: Bool) throws(MullamaError) -> String {
        guard !messages.isEmpty else { throw MullamaError(.invalidRequest, "the conversation is empty: give at least one message") }
        let strings = messages.flatMap { [strdup($0.role.rawValue), strdup($0.content)] }
        defer { for string in strings { free(string) } }
        let chat = messages.indices.map { llama_chat_message(role: strings[2 * $0], content: strings[2 * $0 + 1]) }

        var buffer = [CChar](repeating: 0, count: 1024 + 2 * messages.reduce(0) { $0 + $1.content.utf8.count })
        var length = self.apply(chat, addGenerationPrompt, &buffer)
        if length > buffer.count {
            buffer = [CChar](repeating: 0, count: Int(length))
            length = self.apply(chat, addGenerationPrompt, &buffer)
        }
        guard length >= 0 else {
            throw MullamaError(
                .unsupportedModel,
                "llama.cpp does not know this model's chat template: render the prompt yourself and send it raw"
            )
        }
        return String(decoding: buffer.prefix(Int(length)).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func apply(_ chat: [llama_chat_message], _ addGenerationPrompt: Bool, _ buffer: inout [CChar]) -> Int32 {
        llama_chat_apply_template(self.template, chat, chat.count, addGenerationPrompt, &buffer, Int32(clamping: buffer.count))
    }
}
