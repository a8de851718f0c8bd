import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import InferenceCore
import ModelStore
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Ollama: generate")
struct OllamaGenerateTests {
    static let figures = #""total_duration": N, "load_duration": N, "prompt_eval_count": 3, "prompt_eval_duration": N"#

    @Test("A whole answer")
    func whole() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post(
                "/api/generate",
                #"{"model": "small", "prompt": "abc", "raw": true, "stream": false, "options": {"num_predict": 7}}"#
            )
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
            #expect(
                answer.golden
                    == #"{"model": "small", "created_at": "T", "response": "abcabca", "done": true, "done_reason": "length", "#
                    + Self.figures + #", "eval_count": 7, "eval_duration": N}"#
            )
        }
    }

    @Test("An answer in parts, which is the way unless it is refused")
    func streamed() async throws {
        try await OllamaServer(FakeControl(length: 5)).run { client in
            let answer = try await client.post("/api/generate", #"{"model": "SMALL:latest", "prompt": "abc", "raw": true}"#)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/x-ndjson")
            let parts = answer.lines.dropLast()
            #expect(parts.first?.hasPrefix(#"{"model": "SMALL:latest", "created_at": "T", "response": "a"#) == true)
            #expect(parts.allSatisfy { $0.hasSuffix(#"", "done": false}"#) })
            let text = parts.compactMap { $0.firstMatch(of: #/"response": "(.*)", "done"/#)?.output.1 }.joined()
            #expect(text == "abcab")
            #expect(
                answer.lines.last
                    == #"{"model": "SMALL:latest", "created_at": "T", "response": "", "done": true, "done_reason": "stop", "#
                    + Self.figures + #", "eval_count": 5, "eval_duration": N}"#
            )
        }
    }

    @Test(
        "What the model gets to read",
        arguments: [
            (#""prompt": "hi""#, "user:hi;"),
            (#""prompt": "hi", "system": "Be brief""#, "system:Be brief;user:hi;"),
            (#""prompt": "hi", "system": "", "template": "", "suffix": "", "context": [], "images": null, "format": """#, "user:hi;"),
            (#""prompt": "hi", "raw": true"#, "hihihi"),
        ]
    )
    func prompt(fields: String, expected: String) async throws {
        try await OllamaServer().run { client in
            let body = #"{\#(fields), "stream": false, "options": {"num_predict": \#(expected.utf8.count)}}"#
            let answer = try await client.post("/api/generate", body)
            #expect(answer.text.contains(#""response": "\#(expected)""#), "\(answer.text)")
        }
    }

    @Test("Thinking is turned off in the template")
    func think() async throws {
        let template = "{{ 'thinks' if enable_thinking is not defined or enable_thinking else 'quick!' }}"
        try await OllamaServer(template: template).run { client in
            for (think, text) in [("false", "quick!"), ("null", "thinks")] {
                let body = #"{"prompt": "hi", "think": \#(think), "stream": false, "options": {"num_predict": 6}}"#
                let answer = try await client.post("/api/generate", body)
                #expect(answer.text.contains(#""response": "\#(text)""#), "\(answer.text)")
            }
        }
    }

    @Test("A stop string ends the answer before itself")
    func stop() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post(
                "/api/generate",
                #"{"prompt": "abcdef", "raw": true, "stream": false, "options": {"stop": ["ef"]}}"#
            )
            #expect(answer.text.contains(#""response": "abcd", "done": true, "done_reason": "stop""#))
        }
    }

    @Test("Where the context ends the answer does, unless its oldest tokens are to make room", arguments: [(false, 4), (true, 9)])
    func shift(shifts: Bool, count: Int) async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post(
                "/api/generate",
                #"{"prompt": "abcdefgh", "raw": true, "shift": \#(shifts), "stream": false, "options": {"num_ctx": 12, "num_predict": 9}}"#
            )
            #expect(answer.text.contains(#""done_reason": "length""#))
            #expect(try answer.json["eval_count"] == .integer(count))
        }
    }

    @Test("How likely tokens were")
    func logprobs() async throws {
        try await OllamaServer().run { client in
            let fields = #""prompt": "ab", "raw": true, "logprobs": true, "options": {"num_predict": 2}"#
            let own = [
                #"{"token": "a", "logprob": -0.5947265625, "bytes": [97]"#, #"{"token": "b", "logprob": -0.595703125, "bytes": [98]"#,
            ]
            let whole = try await client.post("/api/generate", #"{\#(fields), "stream": false}"#)
            #expect(whole.text.hasSuffix(#", "logprobs": [\#(own[0])}, \#(own[1])}]}"#), "\(whole.text)")

            let streamed = try await client.post("/api/generate", #"{\#(fields), "top_logprobs": 1}"#)
            for token in own {
                let part = #"\#(token), "top_logprobs": [\#(token)}]}"#
                #expect(streamed.lines.dropLast().contains { $0.contains(part) }, "\(streamed.text)")
            }
            #expect(streamed.lines.last?.contains("logprobs") == false)
        }
    }

    // MARK: Loading

    @Test("Without a prompt the model is loaded, and unloaded if it is not to be kept")
    func rest() async throws {
        let server = try OllamaServer()
        try await server.run { client in
            let loaded = try await client.post("/api/generate", #"{"model": "small"}"#)
            #expect(loaded.golden == #"{"model": "small", "created_at": "T", "response": "", "done": true, "done_reason": "load"}"#)
            #expect(server.state.models.loaded.map(\.reference.name) == ["small"])
            #expect(server.state.models.loaded[0].keepAlive == .forever, "as the server's default model")

            _ = try await client.post("/api/generate", #"{"model": "small", "prompt": "", "keep_alive": "90s"}"#)
            #expect(server.state.models.loaded[0].keepAlive == .duration(.seconds(90)))
            #expect(server.loader.events == [.began("small"), .loaded("small")])

            let unloaded = try await client.post("/api/generate", #"{"prompt": "", "keep_alive": 0}"#)
            #expect(unloaded.golden == #"{"model": "small", "created_at": "T", "response": "", "done": true, "done_reason": "unload"}"#)
            #expect(server.state.models.loaded.isEmpty)

            let again = try await client.post("/api/generate", #"{"prompt": "ab", "raw": true, "options": {"num_predict": 1}}"#)
            #expect(again.lines.last?.contains(#""done": true"#) == true)
        }
    }

    @Test("A model in memory is unloaded by its name, also when the store has it no more")
    func restWithoutName() async throws {
        let server = try OllamaServer()
        try server.store.add("tiny:v1")
        try await server.run { client in
            _ = try await client.post("/api/generate", #"{"model": "tiny:v1"}"#)
            #expect(server.state.models.loaded.map(\.reference.name) == ["tiny:v1"])
            try server.store.store.remove(ModelName(parsing: "tiny:v1"))
            let unloaded = try await client.post("/api/generate", #"{"model": "tiny:v1", "keep_alive": 0}"#)
            #expect(unloaded.status == .ok)
            #expect(unloaded.text.contains(#""done_reason": "unload""#))
            #expect(server.state.models.loaded.isEmpty)
            #expect(try await client.post("/api/generate", #"{"model": "tiny:v1", "keep_alive": 0}"#).status == .notFound)
        }
    }

    @Test("A model that is not to be kept goes after its answer")
    func keptNoLonger() async throws {
        let server = try OllamaServer()
        try await server.run { client in
            let answer = try await client.post(
                "/api/generate",
                #"{"prompt": "ab", "raw": true, "stream": false, "keep_alive": "0s", "options": {"num_predict": 2}}"#
            )
            #expect(answer.text.contains(#""response": "ab""#))
            #expect(server.state.models.loaded.allSatisfy { if case .unloading = $0.state { true } else { false } })
        }
    }

    // MARK: Refusals

    @Test(
        "What cannot be heeded is refused by its name",
        arguments: [
            (#""prompt": 5"#, "prompt is 5: it must be a string"),
            (#""images": ["iVBORw0KGgo="]"#, "images is not supported: the models here read text alone"),
            (#""context": [1, 2]"#, "context is not supported: Ollama has it on its way out, too: send the conversation to /api/chat"),
            (
                #""template": "{{ .Prompt }}""#,
                "template is not supported: the model's own is used: send what you have rendered yourself with \"raw\": true"
            ),
            (#""format": "json""#, "format is not supported: answers cannot be held to a form yet: ask for it in the prompt"),
            (#""format": {"type": "object"}"#, "format is not supported: answers cannot be held to a form yet: ask for it in the prompt"),
            (
                #""think": true"#,
                "think is not supported: thinking is not told apart from the answer yet: leave think out to get both in one"
            ),
            (#""raw": true, "system": "x""#, "system is not supported: a raw prompt has no place for it"),
            (#""raw": true, "suffix": "x""#, "suffix is not supported: a raw prompt has no place for it"),
            (#""suffix": "x", "system": "y""#, "system is not supported: a prompt with a suffix has no place for it"),
            (#""top_logprobs": 2"#, "top_logprobs is 2: it takes logprobs to be true"),
            (#""logprobs": true, "top_logprobs": 21"#, "top_logprobs is 21: it must be 0 to 20"),
            (#""stream": "yes""#, "stream is a string: it must be true or false"),
            (#""options": []"#, "options is a list: it must be a JSON object"),
            (#""keep_alive": true"#, "keep_alive is true: it must be a number of seconds or a duration such as \"5m\""),
        ]
    )
    func refused(fields: String, message: String) async throws {
        let server = try OllamaServer()
        try await server.run { client in
            let prompt = fields.contains("prompt") ? "" : #""prompt": "hi", "#
            let answer = try await client.post("/api/generate", "{\(prompt)\(fields)}")
            #expect(answer.status == .badRequest)
            #expect(answer.text == #"{"error": "\#(message.replacing("\"", with: "\\\""))"}"#)
        }
        #expect(server.loader.events.isEmpty, "nothing was loaded for it")
    }

    @Test("A prompt that does not fit is refused with both counts, and not cut")
    func tooLong() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/generate", #"{"prompt": "abcdefghij", "raw": true, "options": {"num_ctx": 8}}"#)
            #expect(answer.status == .badRequest)
            #expect(answer.text.hasPrefix(#"{"error": "the prompt has 10 bytes, which are at least 10 tokens, and the context holds 8"#))
        }
    }

    @Test(
        "A context is no larger than what the model was trained for",
        arguments: [
            ("/api/generate", #""raw": true, "prompt": "TEXT""#), ("/api/chat", #""messages": [{"role": "u", "content": "TEXT"}]"#),
        ]
    )
    func trained(path: String, prompt: String) async throws {
        try await OllamaServer(template: "{{ messages[0].content }}").run { client in
            func post(_ count: Int) async throws -> TestResponse {
                let prompt = prompt.replacing("TEXT", with: String(repeating: "a", count: count))
                return try await client.post(path, #"{\#(prompt), "stream": false, "options": {"num_ctx": 100000}}"#)
            }
            let long = try await post(300)
            #expect(long.status == .badRequest)
            #expect(
                long.text.hasPrefix(#"{"error": "the prompt has 300 bytes, which are at least 300 tokens, and the context holds 256"#),
                "\(long.text)"
            )
            #expect(try await post(200).json["eval_count"] == 56)
            // Who has a model of its own gets what it asks for, and so does who asks the daemon for the same.
            let own = #"{"model": "small", "prompt": "\#(String(repeating: "a", count: 300))", "context_size": 400, "max_tokens": 1}"#
            #expect(try await client.post("/generate", own).status == .ok)
        }
    }

    @Test("What stands between two texts, from a model that was trained for it")
    func infill() async throws {
        try await OllamaServer(hasInfill: true).run { client in
            let answer = try await client.post(
                "/api/generate",
                #"{"prompt": "ab", "suffix": "c", "stream": false, "options": {"num_predict": 3}}"#
            )
            // The fake answers with its prompt, whose first token has no text.
            #expect(try answer.json["response"] == "ab")
            #expect(try answer.json["prompt_eval_count"] == 6)
        }
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/generate", #"{"prompt": "ab", "suffix": "c"}"#)
            #expect(answer.status == .badRequest)
            #expect(answer.text.hasPrefix(#"{"error": "suffix is not supported by this model"#), "\(answer.text)")
        }
    }

    @Test("An unknown model is not found, whatever it is wanted for", arguments: ["", #", "prompt": "hi""#, #", "keep_alive": 0"#])
    func unknown(fields: String) async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/generate", #"{"model": "other"\#(fields)}"#)
            #expect(answer.status == .notFound)
            #expect(answer.text == #"{"error": "model not found: there is no model 'other' here: ask for small"}"#)
        }
    }

    @Test("What fails in the middle of an answer is its last line")
    func failure() async throws {
        let control = FakeControl(isHeld: true)
        try await OllamaServer(control).run { client in
            async let answer = client.post("/api/generate", #"{"prompt": "abc", "raw": true}"#)
            // The third step is held when two tokens are on their way.
            await control.steps(1)
            await control.advance(by: 2)
            control.failEngine(RequestFault(.engineFailed, "the machine is tired"))
            control.release()
            let lines = try await answer.lines
            #expect(try await answer.status == .ok)
            #expect(lines.dropLast().allSatisfy { $0.hasSuffix(#""done": false}"#) })
            #expect(lines.last?.hasPrefix(#"{"error": "#) == true)
            #expect(lines.last?.contains("the machine is tired") == true)
        }
    }
}
