import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Tokens and templates over HTTP", .timeLimit(.minutes(1)))
struct TokensTests {
    @Test("Text to tokens and back, with pieces where they are asked for")
    func tokens() async throws {
        try await TestServer().run { client in
            #expect(try await client.post("/tokenize", #"{"content": "aé"}"#).json == ["tokens": [97, 195, 169]])
            let pieces = try await client.post("/tokenize", #"{"content": "aé", "with_pieces": true, "model": "fake"}"#)
            #expect(
                try pieces.json
                    == ["tokens": [["id": 97, "piece": "a"], ["id": 195, "piece": [195]], ["id": 169, "piece": [169]]]]
            )
            #expect(try await client.post("/detokenize", #"{"tokens": [97, 195, 169]}"#).json == ["content": "aé"])
            #expect(try await client.post("/tokenize", #"{"content": ""}"#).json == ["tokens": []])
        }
    }

    @Test("A conversation to a prompt")
    func template() async throws {
        let template =
            "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{{ mood }}{% if add_generation_prompt %}>{% endif %}"
        try await TestServer(FakeModel(template: template)).run { client in
            let conversation = #""messages": [{"role": "user", "content": "hi"}]"#
            let usual = try await client.post("/apply-template", "{\(conversation)}").json
            #expect(usual == ["prompt": "[user]hi>"])
            let fields = #"{\#(conversation), "add_generation_prompt": false, "chat_template_kwargs": {"mood": "!"}}"#
            let other = try await client.post("/apply-template", fields).json
            #expect(other == ["prompt": "[user]hi!"])
        }
    }

    @Test("A conversation is rendered as it would be to be answered")
    func conversation() async throws {
        let template =
            "{% for m in messages %}[{{ m.role }}]{{ m.content + '.' }}{% endfor %}{{ reasoning_effort }}{{ tools | length if tools }}"
        try await TestServer(FakeModel(template: template)).run { client in
            let body = #"""
                {"messages": [{"role": "developer", "content": "a"}, {"role": "user", "content": [{"type": "text", "text": "b"},
                {"type": "text", "text": "c"}]}], "reasoning_effort": "low", "tools": [{"type": "function", "function": {"name": "f"}}]
                """#
            #expect(try await client.post("/apply-template", body + "}").json == ["prompt": "[system]a.[user]b\nc.low1"])
            let kept = try await client.post("/apply-template", body + #", "tool_choice": "none"}"#)
            #expect(try kept.json == ["prompt": "[system]a.[user]b\nc.low"])
        }
    }

    @Test("An empty name is the default model, wherever one can be named")
    func noName() async throws {
        try await TestServer().run { client in
            for (path, fields) in [
                ("/v1/chat/completions", #""messages": [{"role": "user", "content": "a"}], "max_tokens": 1"#),
                ("/v1/completions", #""prompt": "a", "max_tokens": 1"#), ("/v1/embeddings", #""input": "a""#),
                ("/tokenize", #""content": "a""#), ("/detokenize", #""tokens": [97]"#),
                ("/apply-template", #""messages": [{"role": "user", "content": "a"}]"#),
                ("/api/generate", #""prompt": "a", "raw": true"#), ("/api/show", #""name": """#), ("/api/embed", #""input": "a""#),
            ] {
                let answer = try await client.post(path, #"{"model": "", \#(fields)}"#)
                #expect(answer.status == .ok, "\(path): \(answer.text)")
            }
        }
    }

    @Test(
        "What is wrong is named",
        arguments: [
            ("/tokenize", "{}", 400, "content"), ("/tokenize", #"{"content": 3}"#, 400, "content"),
            ("/tokenize", #"{"content": "a", "model": "x"}"#, 404, "model"), ("/detokenize", "{}", 400, "tokens"),
            ("/detokenize", #"{"tokens": [1, "a"]}"#, 400, "tokens[1]"), ("/detokenize", #"{"tokens": [5000000000]}"#, 400, "tokens[0]"),
            ("/apply-template", "{}", 400, "messages"), ("/apply-template", #"{"messages": []}"#, 400, "at least one message"),
            ("/apply-template", #"{"messages": [{"role": "user"}]}"#, 400, "messages[0] has no content"),
            (
                "/apply-template", #"{"messages": [{"role": "user", "content": "a"}], "chat_template_kwargs": {"messages": []}}"#, 400,
                "messages"
            ),
            ("/apply-template", #"{"messages": [{"role": "user", "content": "a"}], "chat_template": "x"}"#, 400, "chat_template"),
            (
                "/apply-template", #"{"messages": [{"role": "user", "content": "a"}], "continue_final_message": true}"#, 400,
                "cut the rendered"
            ),
            ("/apply-template", #"{"messages": [{"content": "a"}]}"#, 400, "messages[0]"), ("/apply-template", "[1", 400, "invalid_json"),
        ]
    )
    func wrong(path: String, body: String, status: Int, word: String) async throws {
        try await TestServer().run { client in
            let response = try await client.post(path, body)
            #expect(response.status.code == status)
            #expect(response.text.contains(word), "\(response.text)")
        }
    }
}
