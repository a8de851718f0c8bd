import Foundation
import Mullama
import MullamaTestSupport
import Testing

@Suite("A chat's history", .timeLimit(.minutes(1)))
struct ChatHistoryTests {
    private let file = FileManager.default.temporaryDirectory.appending(path: "mullama-chat-\(UUID()).json")

    private static func session() -> ChatSession {
        ChatSession(FakeModel(FakeControl(length: 4)).model, instructions: "Be brief.")
    }

    @Test("the last answer is given again, in place of the one that was there")
    func regenerate() async throws {
        let session = Self.session()
        _ = try await session.respond(to: "one")
        _ = try await session.respond(to: "two")
        try await session.replaceMessage(at: 3, with: ChatMessage(.assistant, "edited"))
        #expect(session.messages.last?.content == "edited")
        _ = try await session.regenerate().collect()
        #expect(session.messages.map(\.content) == ["one", "<|im", "two", "<|im"])
    }

    @Test("a chat without a message has nothing to answer again")
    func nothingToRegenerate() async throws {
        let session = Self.session()
        let error = await #expect(throws: MullamaError.self) { _ = try await session.regenerate().collect() }
        #expect(error?.code == .invalidRequest)
        _ = try await session.respond(to: "one")
        #expect(session.messages.count == 2)
    }

    @Test("turns and messages are taken back")
    func edits() async throws {
        let session = Self.session()
        for text in ["one", "two", "three"] { _ = try await session.respond(to: text) }
        try await session.removeLastTurn()
        #expect(session.messages.map(\.content) == ["one", "<|im", "two", "<|im"])
        try await session.removeMessages(from: 2)
        #expect(session.messages.count == 2)
        let error = await #expect(throws: MullamaError.self) { try await session.removeMessages(from: 2) }
        #expect(error?.message.contains("the chat has 2") == true)
        try await session.clear()
        try await session.removeLastTurn()
        #expect(session.messages.isEmpty)
        #expect(session.instructions == "Be brief.")
    }

    @Test("what is saved is loaded, with its marks, tool calls and fields that nobody knows")
    func saved() async throws {
        let session = Self.session()
        var broken = ChatMessage(.assistant, "brok")
        broken.isIncomplete = true
        let call = ChatToolCall(id: "1", name: "weather", arguments: ["zone": "Bern", "at": 7])
        var strange = ChatMessage(.user, "what?")
        strange.other["z"] = ["b": 1, "a": [nil, 2.5, "\u{1}\"\\ü"]]
        let messages = [
            strange, broken, ChatMessage(.user, parts: [.init(text: "a"), .init(text: "b")]),
            ChatMessage(.assistant, reasoning: "hm", toolCalls: [call]), .toolResult("rain", of: call),
        ]
        try await session.setMessages(messages)
        try await session.save(to: self.file)
        defer { try? FileManager.default.removeItem(at: self.file) }
        let other = ChatSession(FakeModel().model)
        try await other.load(from: self.file)
        #expect(other.messages == messages)
        #expect(other.instructions == "Be brief.")
    }

    @Test(
        "a conversation as servers take it is loaded, too",
        arguments: [
            #"[{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]"#,
            #"{"model": "m", "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]}"#,
        ]
    )
    func foreign(_ text: String) async throws {
        try Data(text.utf8).write(to: self.file)
        defer { try? FileManager.default.removeItem(at: self.file) }
        let session = ChatSession(FakeModel().model)
        try await session.load(from: self.file)
        #expect(session.instructions == "S")
        #expect(session.messages == [ChatMessage(.user, "U")])
    }

    @Test(
        "what is no conversation is refused, and the chat is as before",
        arguments: [
            (#"{"messages": [{"role": "user""#, "line 1"), (#"{"messages": 1}"#, "no list of messages"), ("7", "neither"),
            (#"[{"content": "x"}]"#, "messages[0] has no role"), (#"{"version": 99, "messages": []}"#, "newer version"),
            (#"[{"role": "user", "content": [{"type": "image_url"}]}]"#, "messages[0].content[0].type is \"image_url\""),
        ]
    )
    func refused(_ text: String, _ part: String) async throws {
        let session = Self.session()
        _ = try await session.respond(to: "one")
        try Data(text.utf8).write(to: self.file)
        defer { try? FileManager.default.removeItem(at: self.file) }
        let error = await #expect(throws: MullamaError.self) { try await session.load(from: self.file) }
        #expect(error?.code == .stateMismatch)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(session.messages.count == 2)
    }

    @Test("a folder that is not there is said, with the system's code")
    func noFolder() async throws {
        let session = Self.session()
        let nowhere = self.file.appending(path: "nowhere.json")
        let saving = await #expect(throws: MullamaError.self) { try await session.save(to: nowhere) }
        #expect(saving?.code == .ioFailed)
        let loading = await #expect(throws: MullamaError.self) { try await session.load(from: nowhere) }
        #expect(loading?.code == .ioFailed)
    }
}
