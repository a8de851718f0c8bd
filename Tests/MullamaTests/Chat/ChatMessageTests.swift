import ChatTemplates
import Foundation
import Testing

@testable import Mullama

@Suite("Chat messages")
struct ChatMessageTests {
    private func message(_ json: String) throws -> ChatMessage {
        try ChatMessage(json: try TemplateValue(json: json), at: "message")
    }

    /// As templates see a message that a server would send.
    @Test(
        arguments: [
            (#"{"role": "user", "content": "hi"}"#, #"{"role": "user", "content": "hi"}"#),
            (#"{"content": null, "role": "assistant"}"#, #"{"role": "assistant", "content": null}"#),
            (#"{"role": "assistant"}"#, #"{"role": "assistant"}"#),
            (
                #"{"role": "user", "content": [{"type": "text", "text": "a"}, "b"]}"#,
                #"{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}"#
            ),
            (
                #"{"role": "assistant", "content": "", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{\"z\": 1, \"a\": 2}"}}]}"#,
                #"{"role": "assistant", "content": "", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": {"z": 1, "a": 2}}}]}"#
            ),
            (
                #"{"role": "assistant", "content": "", "tool_calls": [{"name": "f", "arguments": "not JSON"}]}"#,
                #"{"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": "not JSON"}}]}"#
            ),
            (
                #"{"role": "tool", "content": "7", "tool_call_id": "c", "name": "f"}"#,
                #"{"role": "tool", "content": "7", "tool_call_id": "c", "name": "f"}"#
            ),
            (
                #"{"role": "assistant", "content": "x", "reasoning": "hm"}"#,
                #"{"role": "assistant", "content": "x", "reasoning_content": "hm", "thinking": "hm"}"#
            ),
            (
                #"{"role": "user", "content": "x", "incomplete": true, "mood": {"b": 1, "a": 2}}"#,
                #"{"role": "user", "content": "x", "mood": {"b": 1, "a": 2}}"#
            ),
        ]
    )
    func `as templates see it`(_ json: String, _ expected: String) throws {
        #expect(try self.message(json).templateValue.json == expected)
    }

    @Test(
        arguments: [
            (#"[]"#, "message is a list"), (#"{"content": "x"}"#, "has no role"), (#"{"role": 1}"#, "message.role is a number"),
            (#"{"role": "user", "content": 7}"#, "message.content is a number"),
            (#"{"role": "user", "content": [{"type": "text"}]}"#, "message.content[0] has no text"),
            (#"{"role": "user", "content": [{"type": "input_audio"}]}"#, "\"input_audio\""),
            (#"{"role": "assistant", "tool_calls": [{"function": {}}]}"#, "message.tool_calls[0] has no name"),
            (#"{"role": "assistant", "tool_calls": [{"name": "f", "arguments": [1]}]}"#, "message.tool_calls[0].arguments is a list"),
        ]
    )
    func `what is no message is refused with its place`(_ json: String, _ part: String) throws {
        let error = #expect(throws: MullamaError.self) { try self.message(json) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test func `Foundation's coders keep a message`() throws {
        var message = ChatMessage(
            .assistant,
            "hi",
            reasoning: "hm",
            toolCalls: [ChatToolCall(id: "1", name: "f", arguments: ["z": 1, "a": 2])]
        )
        message.other["x"] = 1
        message.isIncomplete = true
        let data = try JSONEncoder().encode(message)
        #expect(try JSONDecoder().decode(ChatMessage.self, from: data) == message)
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(ChatMessage.self, from: Data("{}".utf8)) }
        #expect("\(try #require(error))".contains("has no role"))
    }

    @Test func `the text of parts is their text together, and setting it makes it one`() {
        var message = ChatMessage(.user, parts: [.init(text: "a"), .init(text: "b")])
        #expect(message.content == "ab")
        message.content += "c"
        #expect(message == ChatMessage(.user, "abc"))
        #expect(message.parts == nil)
    }
}
