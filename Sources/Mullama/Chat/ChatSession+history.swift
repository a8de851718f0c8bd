public import Foundation

/// What was said, and changes of it. All changes wait for the calls that were made before; cancelling the task before their turn throws
/// `CancellationError` and changes nothing.
extension ChatSession {
    /// What was said so far, without ``instructions``: whole turns only, the answer on its way not among them.
    public var messages: [ChatMessage] { self.transcript.messages }

    /// What the model was told about its answers.
    public var instructions: String? { self.transcript.instructions }

    /// Tells the model how to answer, from the next answer on; nil tells it nothing.
    public func setInstructions(_ instructions: String?) async throws {
        try await self.inTurn { $0.instructions = instructions }
    }

    /// Puts other messages in the place of all.
    public func setMessages(_ messages: [ChatMessage]) async throws {
        try await self.inTurn { $0.messages = messages }
    }

    /// Forgets what was said. The instructions stay.
    public func clear() async throws {
        try await self.setMessages([])
    }

    /// Takes the last message of the user back, and all that came after it. Nothing happens where there is none.
    public func removeLastTurn() async throws {
        try await self.inTurn { $0.removeLastTurn() }
    }

    /// Puts another message in the place of one.
    ///
    /// - Parameter index: Among ``messages``. What comes after it stays: to have a question answered anew, remove that with
    ///   ``removeMessages(from:)`` and call ``regenerate(maxTokens:options:)``.
    /// - Throws: ``MullamaError/Code/invalidRequest`` if there is no such message.
    public func replaceMessage(at index: Int, with message: ChatMessage) async throws {
        try await self.inTurn { transcript in
            try Self.check(index, transcript.messages.indices)
            transcript.messages[index] = message
        }
    }

    /// Takes out a message and all that come after it.
    ///
    /// - Throws: ``MullamaError/Code/invalidRequest`` if there is no such message.
    public func removeMessages(from index: Int) async throws {
        try await self.inTurn { transcript in
            try Self.check(index, transcript.messages.indices)
            transcript.messages.removeSubrange(index...)
        }
    }

    private static func check(_ index: Int, _ indices: Range<Int>) throws(MullamaError) {
        guard !indices.contains(index) else { return }
        throw MullamaError(.invalidRequest, "there is no message \(index): the chat has \(indices.count), counted from 0")
    }

    // MARK: Files

    /// Writes the conversation into a file as JSON: the instructions, and the messages in the shape of OpenAI's API.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed``; a file that was there is as before.
    public func save(to url: URL) async throws {
        let transcript = try await self.inTurn { $0 }
        try await InferenceThread.performOnce(name: "mullama-file") { try transcript.write(to: url) }
    }

    /// Goes on with the conversation in a file, in the place of this one: one that ``save(to:)`` wrote, with whatever model, or one as OpenAI's
    /// API takes it, which is an object with `messages`, or the list of them.
    ///
    /// - Throws: ``MullamaError`` with `ioFailed`, or `stateMismatch` for a file that holds no conversation; the chat is as before then.
    public func load(from url: URL) async throws {
        let loaded = try await InferenceThread.performOnce(name: "mullama-file") { try ChatTranscript(contentsOf: url) }
        try await self.inTurn { $0 = loaded }
    }
}
