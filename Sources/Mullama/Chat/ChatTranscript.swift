import ChatTemplates
package import Foundation

/// What has been said in a chat.
package struct ChatTranscript: Sendable, Hashable {
    private static let format = "mullama-chat"
    private static let currentVersion = 1

    /// What the model was told about its answers.
    package var instructions: String?
    package var messages: [ChatMessage] = []

    /// All of it as a template takes it.
    package var prompt: [ChatMessage] { (self.instructions.map { [ChatMessage(.system, $0)] } ?? []) + self.messages }

    /// The messages up to the last that is not the assistant's, which can be answered again.
    ///
    /// - Throws: ``MullamaError/Code/invalidRequest`` if there is none.
    package func question() throws(MullamaError) -> [ChatMessage] {
        guard let last = self.messages.lastIndex(where: { $0.role != .assistant }) else {
            throw MullamaError(.invalidRequest, "there is no message that could be answered again: send one first")
        }
        return Array(self.messages[...last])
    }

    /// Takes the last message of the user out, and all that came after it.
    package mutating func removeLastTurn() {
        guard let last = self.messages.lastIndex(where: { $0.role == .user }) else {
            self.messages = []
            return
        }
        self.messages.removeSubrange(last...)
    }

    // MARK: Files

    /// - Throws: ``MullamaError/Code/ioFailed``; a file that was there is as before.
    package func write(to url: URL) throws(MullamaError) {
        // By hand, for a line to each message.
        let fields: [(String, TemplateValue?)] = [
            ("format", .string(Self.format)), ("version", .integer(Self.currentVersion)),
            ("instructions", self.instructions.map { .string($0) }),
        ]
        let head = fields.compactMap { name, value in value.map { "\"\(name)\": \($0.json),\n" } }.joined()
        let messages = self.messages.map { "  " + $0.json.json }.joined(separator: ",\n")
        let text = "{\n\(head)\"messages\": [\n\(messages)\n]\n}\n"
        do {
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw MullamaError(ioFailed: "could not write the conversation to \(url.path)", error)
        }
    }

    /// Reads what ``write(to:)`` wrote, or a conversation as OpenAI's API takes it: an object with `messages`, or a list of them. A system message
    /// that stands first becomes the instructions.
    ///
    /// - Throws: ``MullamaError`` with `ioFailed` or `stateMismatch`.
    package init(contentsOf url: URL) throws(MullamaError) {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: url))
        } catch {
            throw MullamaError(ioFailed: "could not read the conversation in \(url.path)", error)
        }
        do {
            try self.init(json: bytes)
        } catch {
            throw MullamaError(.stateMismatch, "\(url.path) holds no conversation: \(error.message)")
        }
    }

    init(json bytes: [UInt8]) throws(MullamaError) {
        let value: TemplateValue
        do {
            value = try TemplateValue(json: bytes)
        } catch {
            throw MullamaError(.stateMismatch, error.line > 0 ? "\(error.message) (line \(error.line))" : error.message)
        }
        let fields: TemplateDictionary
        switch value {
        case .dictionary(let object): fields = object
        case .list: fields = ["messages": value]
        default: throw MullamaError(.stateMismatch, "it is neither an object nor a list")
        }
        if case .integer(let version)? = fields["version"], version > Self.currentVersion {
            throw MullamaError(
                .stateMismatch,
                "it was written by a newer version (\(version), and \(Self.currentVersion) is the latest known)"
            )
        }
        guard case .list(let items)? = fields["messages"] else {
            throw MullamaError(.stateMismatch, "it has no list of messages")
        }
        self.instructions = try JSONField.text(fields, "instructions", at: "the conversation")
        for (index, item) in items.enumerated() {
            self.messages.append(try ChatMessage(json: item, at: "messages[\(index)]"))
        }
        if self.instructions == nil, let first = self.messages.first, first.role == .system {
            self.instructions = first.content
            self.messages.removeFirst()
        }
    }

    package init(instructions: String? = nil) {
        self.instructions = instructions
    }
}
