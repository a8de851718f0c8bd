import ChatTemplates
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

/// The fake model says its prompt over and over, and with this template the prompt is the last message.
private func server(length: Int? = nil) throws -> TestServer {
    try TestServer(FakeModel(FakeControl(length: length), template: "{{ messages[-1].content }}"))
}

private let path = "/v1/chat/completions"

@Suite("Chat completions", .timeLimit(.minutes(1)))
struct ChatCompletionsTests {
    @Test("The next message of a conversation")
    func whole() async throws {
        try await server(length: 4).run { client in
            let answer = try await client.post(path, #"{"model": "fake", "messages": [{"role": "user", "content": "abc"}]}"#)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
            #expect(
                try answer.value.stable == """
                    {"id": "id", "object": "chat.completion", "created": "created", "model": "fake", \
                    "system_fingerprint": "system_fingerprint", "choices": [{"index": 0, \
                    "message": {"role": "assistant", "content": "abca", "refusal": null}, "logprobs": null, "finish_reason": "stop"}], \
                    "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, \
                    "prompt_tokens_details": {"cached_tokens": 0}}, "timings": "timings"}
                    """
            )
            let timings = try answer.value["timings"]
            for name in ["load_ms", "queue_ms", "prefill_ms", "decode_ms"] {
                guard case .double(let time) = timings[name] else {
                    Issue.record("\(name) is \(timings[name])")
                    continue
                }
                #expect(time >= 0)
            }
            #expect(timings["cached_tokens"] == 0)
        }
    }

    @Test("In parts: first the role, last why it ended; with the usage of all at the end if that is asked for")
    func stream() async throws {
        try await server(length: 2).run { client in
            let body = """
                {"messages": [{"role": "user", "content": "abc"}], "stream": true, "stream_options": {"include_usage": true}}
                """
            let answer = try await client.post(path, body)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "text/event-stream; charset=utf-8")
            #expect(HTTPField.Name("x-accel-buffering").flatMap { answer.headers[$0] } == "no")
            let parts = try answer.parts
            let head = """
                {"id": "id", "object": "chat.completion.chunk", "created": "created", "model": "fake", \
                "system_fingerprint": "system_fingerprint", "choices": [
                """
            let choice = #"{"index": 0, "delta": "#
            #expect(
                parts.map(\.stable) == [
                    head + choice
                        + #"{"role": "assistant", "content": "", "refusal": null}, "logprobs": null, "finish_reason": null}], "usage": null}"#,
                    head + choice + #"{"content": "a"}, "logprobs": null, "finish_reason": null}], "usage": null}"#,
                    head + choice + #"{"content": "b"}, "logprobs": null, "finish_reason": null}], "usage": null}"#,
                    head + choice + #"{}, "logprobs": null, "finish_reason": "stop"}], "usage": null, "timings": "timings"}"#,
                    head + #"], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "#
                        + #""prompt_tokens_details": {"cached_tokens": 0}}}"#,
                ]
            )
            #expect(Set(parts.map { $0["id"] }).count == 1 && parts[0]["id"].text?.hasPrefix("chatcmpl-") == true)

            let other = try await client.post(path, #"{"messages": [{"role": "user", "content": "abc"}], "stream": true}"#)
            let plain = try other.parts
            #expect(plain.count == 4)
            #expect(plain.allSatisfy { $0["usage"] == .none && !$0.json.contains("usage") })
            #expect(plain[0]["id"] != parts[0]["id"] && plain[0]["system_fingerprint"] == parts[0]["system_fingerprint"])
        }
    }

    @Test("Several choices: each has its number, and the usage counts what all of them generated")
    func choices() async throws {
        try await server(length: 2).run { client in
            let whole = try await client.post(path, #"{"messages": [{"role": "user", "content": "abc"}], "n": 3}"#).value
            #expect(whole["choices"].count == 3)
            for index in 0..<3 {
                #expect(whole["choices", index, "index"] == .integer(index))
                #expect(whole["choices", index, "message", "content"] == "ab")
            }
            #expect(whole["usage", "prompt_tokens"] == 3 && whole["usage", "completion_tokens"] == 6)

            let body =
                #"{"messages": [{"role": "user", "content": "abc"}], "n": 2, "stream": true, "stream_options": {"include_usage": true}}"#
            let parts = try await client.post(path, body).parts
            for index in 0..<2 {
                let own = parts.filter { $0["choices", 0, "index"] == .integer(index) }
                #expect(own.compactMap { $0["choices", 0, "delta", "content"].text } == ["", "a", "b"])
                #expect(own.map { $0["choices", 0, "finish_reason"] } == [.none, .none, .none, "stop"])
            }
            #expect(parts.filter { $0["timings"] != .none }.count == 1)
            #expect(parts.last?["choices"] == [] && parts.last?["usage", "completion_tokens"] == 4)
        }
    }

    @Test("How likely tokens were, with their bytes and with what else was likely")
    func logprobs() async throws {
        try await server(length: 3).run { client in
            let body = #"{"messages": [{"role": "user", "content": "é"}], "max_tokens": 2, "logprobs": true, "top_logprobs": 2"#
            let whole = try await client.post(path, body + "}").value
            // The first bytes of é is 195, and the model without weights gives all tokens a likelihood by their number.
            let first =
                #"{"token": "\#u{FFFD}", "logprob": -0.6904296875, "bytes": [195], "top_logprobs": ["#
                + #"{"token": "\#u{FFFD}", "logprob": -0.6904296875, "bytes": [195]}, "#
                + #"{"token": "\#u{FFFD}", "logprob": -1.6904296875, "bytes": [196]}]}"#
            #expect(whole["choices", 0, "logprobs", "content", 0].json == first)
            #expect(whole["choices", 0, "logprobs", "content"].count == 2)
            #expect(whole["choices", 0, "logprobs", "refusal"] == .none)

            let parts = try await client.post(path, body + #", "stream": true}"#).parts
            #expect(parts.count == 3, "both halves of the letter come in one part")
            #expect(parts[1]["choices", 0, "logprobs"] == whole["choices", 0, "logprobs"])

            let alone = try await client.post(path, #"{"messages": [{"role": "user", "content": "a"}], "logprobs": true}"#).value
            #expect(alone["choices", 0, "logprobs", "content", 0, "top_logprobs"] == [])
        }
    }

    @Test("How long an answer gets, and why it ended")
    func lengths() async throws {
        try await server().run { client in
            func answer(_ text: String, _ fields: String) async throws -> (TemplateValue, TemplateValue) {
                let json = try await client.post(path, #"{"messages": [{"role": "user", "content": "\#(text)"}], \#(fields)}"#).value
                return (json["choices", 0, "message", "content"], json["choices", 0, "finish_reason"])
            }
            #expect(try await answer("abc", #""max_tokens": 5"#) == ("abcab", "length"))
            #expect(try await answer("abc", #""max_completion_tokens": 5.0, "max_tokens": 5"#) == ("abcab", "length"))
            #expect(try await answer("abc", #""max_tokens": 50, "stop": "ca""#) == ("ab", "stop"))
            #expect(try await answer("abc", #""max_tokens": 50, "stop": ["x", "bca"]"#) == ("a", "stop"))
            // What was held back in case a stop string came is delivered when the end comes otherwise.
            #expect(try await answer("abc", #""max_tokens": 5, "stop": "abx""#) == ("abcab", "length"))
            // A letter of two bytes of which one was generated is dropped.
            #expect(try await answer("é", #""max_tokens": 3"#) == ("é", "length"))
            let (text, reason) = try await answer("abcd", #""max_tokens": -1"#)
            #expect(text.text?.count == 512 - 4 && reason == "length")
        }
    }

    @Test("A template that can only read texts gets parts as one text, a line for each")
    func plainTemplate() async throws {
        try await TestServer(FakeModel(template: "{% for message in messages %}{{ message.content + '.' }}{% endfor %}")).run { client in
            let parts = #"[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]"#
            let answer = try await client.post(path, #"{"messages": [{"role": "user", "content": \#(parts)}], "max_tokens": 4}"#).value
            #expect(answer["choices", 0, "message", "content"].text == "a\nb.")
        }
    }

    @Test("All roles, text in parts, tools, and what else a template knows, reach the template")
    func templates() async throws {
        let template = """
            {% for message in messages %}{{ message.role }}:{% if message.content is string %}{{ message.content }}\
            {% elif message.content %}{% for part in message.content %}<{{ part.text }}>{% endfor %}{% endif %}\
            {{ message.tool_calls[0].function.arguments.city if message.tool_calls }} {% endfor %}\
            {{ tools[0].function.name if tools }},{{ enable_thinking }},{{ reasoning_effort }}
            """
        try await TestServer(FakeModel(template: template)).run { client in
            func answer(_ fields: String) async throws -> String? {
                let body = """
                    {"messages": [{"role": "developer", "content": "be brief"}, {"role": "user", "content": [{"type": "text", "text": "a"}, \
                    {"type": "text", "text": "b"}]}, {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", \
                    "function": {"name": "weather", "arguments": "{\\"city\\": \\"Rome\\"}"}}]}, \
                    {"role": "tool", "tool_call_id": "1", "content": "sunny"}], \(fields)}
                    """
                let whole = try await client.post(path, body).value
                let length = whole["usage", "prompt_tokens"]
                guard case .integer(let length) = length else { return whole.json }
                return try await client.post(path, body.dropLast() + #", "max_tokens": \#(length)}"#)
                    .value["choices", 0, "message", "content"].text
            }
            let tools = #""tools": [{"type": "function", "function": {"name": "weather", "parameters": {}}}]"#
            let conversation = "system:be brief user:<a><b> assistant:Rome tool:sunny "
            let usual = try await answer(tools)
            #expect(usual == conversation + "weather,,")
            #expect(try await answer(tools + #", "tool_choice": "auto""#) == conversation + "weather,,")
            #expect(try await answer(tools + #", "tool_choice": "none""#) == conversation + ",,")
            #expect(
                try await answer(#""chat_template_kwargs": {"enable_thinking": false}, "reasoning_effort": "low""#)
                    == conversation + ",False,low"
            )
        }
    }

    @Test("A template that knows the role of developers gets it")
    func developer() async throws {
        let template = "{% for message in messages %}{{ 'D' if message.role == 'developer' else 'S' }}{% endfor %}"
        try await TestServer(FakeModel(template: template)).run { client in
            let body = #"{"messages": [{"role": "developer", "content": "x"}, {"role": "system", "content": "x"}], "max_tokens": 2}"#
            let answer = try await client.post(path, body).value
            #expect(answer["choices", 0, "message", "content"] == "DS")
        }
    }
}
