import HTTPTypes
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Ollama: chat")
struct OllamaChatTests {
    @Test("A whole answer")
    func whole() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post(
                "/api/chat",
                #"{"model": "small", "messages": [{"role": "user", "content": "hi"}], "stream": false, "options": {"num_predict": 8}}"#
            )
            #expect(
                answer.golden
                    == #"{"model": "small", "created_at": "T", "message": {"role": "assistant", "content": "user:hi;"}, "done": true, "#
                    + #""done_reason": "length", "total_duration": N, "load_duration": N, "prompt_eval_count": 8, "#
                    + #""prompt_eval_duration": N, "eval_count": 8, "eval_duration": N}"#
            )
        }
    }

    @Test("An answer in parts")
    func streamed() async throws {
        try await OllamaServer(FakeControl(length: 8)).run { client in
            let answer = try await client.post("/api/chat", #"{"messages": [{"role": "user", "content": "hi"}]}"#)
            let parts = answer.lines.dropLast()
            #expect(
                parts.first?.hasPrefix(#"{"model": "small", "created_at": "T", "message": {"role": "assistant", "content": "u"#) == true
            )
            let text = parts.compactMap { $0.firstMatch(of: #/"content": "(.*)"}, "done": false}/#)?.output.1 }.joined()
            #expect(text == "user:hi;")
            #expect(
                answer.lines.last?.hasPrefix(
                    #"{"model": "small", "created_at": "T", "message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop""#
                ) == true
            )
        }
    }

    @Test("All of a conversation with tools gets to the template")
    func tools() async throws {
        let template = """
            {{ tools[0].function.name }}|{% for m in messages %}{{ m.role }}:{{ m.content }}{{ m.name }}\
            {% for c in m.tool_calls %}{{ c.function.name }}({{ c.function.arguments.city }}){% endfor %};{% endfor %}
            """
        let expected = "weather|user:Rain?;assistant:weather(Ulm);tool:12weather;"
        try await OllamaServer(template: template).run { client in
            let answer = try await client.post(
                "/api/chat",
                """
                {"tools": [{"type": "function", "function": {"name": "weather", "parameters": {}}}], "messages": [
                {"role": "user", "content": "Rain?", "images": []},
                {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "weather", "arguments": {"city": "Ulm"}}}]},
                {"role": "tool", "tool_name": "weather", "content": "12"}],
                "stream": false, "options": {"num_predict": \(expected.utf8.count)}}
                """
            )
            #expect(answer.text.contains(#""content": "\#(expected)""#), "\(answer.text)")
        }
    }

    @Test("Without messages the model is loaded, and unloaded if it is not to be kept")
    func rest() async throws {
        let server = try OllamaServer()
        try await server.run { client in
            let loaded = try await client.post("/api/chat", #"{"model": "small", "messages": []}"#)
            let message = #""message": {"role": "assistant", "content": ""}"#
            #expect(loaded.golden == #"{"model": "small", "created_at": "T", \#(message), "done": true, "done_reason": "load"}"#)
            #expect(server.state.models.loaded.count == 1)
            let unloaded = try await client.post("/api/chat", #"{"model": "small", "keep_alive": "0"}"#)
            #expect(unloaded.golden == #"{"model": "small", "created_at": "T", \#(message), "done": true, "done_reason": "unload"}"#)
            #expect(server.state.models.loaded.isEmpty)
        }
    }

    @Test(
        "What cannot be heeded is refused by its name",
        arguments: [
            (#""messages": "hi""#, "messages is a string: it must be a list"),
            (#""messages": ["hi"]"#, "messages[0] is a string: it must be a JSON object"),
            (#""messages": [{"content": "hi"}]"#, "messages[0] has no role"),
            (
                #""messages": [{"role": "user", "content": "hi", "images": ["iVBORw0KGgo="]}]"#,
                "messages[0].images is not supported: the models here read text alone"
            ),
            (
                #""messages": [{"role": "user", "content": "hi"}], "tools": [{"type": "function"}]"#,
                "the model does not support tools: its chat template never shows them"
            ),
            (#""messages": [{"role": "user", "content": "hi"}], "format": "json""#, "format is not supported"),
        ]
    )
    func refused(fields: String, message: String) async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/chat", "{\(fields)}")
            #expect(answer.status == .badRequest)
            #expect(answer.text.hasPrefix(#"{"error": "\#(message)"#), "\(answer.text)")
        }
    }

    @Test("What the template says against a conversation is the answer")
    func raised() async throws {
        try await OllamaServer(template: "{{ raise_exception('no ' + messages[0].role) }}").run { client in
            let answer = try await client.post("/api/chat", #"{"messages": [{"role": "critic", "content": "hi"}]}"#)
            #expect(answer.status == .badRequest)
            #expect(answer.text.contains("no critic"))
        }
    }
}
