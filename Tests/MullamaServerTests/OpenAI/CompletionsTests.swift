import ChatTemplates
import Hummingbird
import HummingbirdTesting
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

private let path = "/v1/completions"

@Suite("Completions", .timeLimit(.minutes(1)))
struct CompletionsTests {
    private func server(length: Int? = nil) throws -> TestServer {
        try TestServer(FakeModel(FakeControl(length: length)))
    }

    @Test("A prompt is continued")
    func whole() async throws {
        try await self.server(length: 4).run { client in
            let answer = try await client.post(path, #"{"model": "fake", "prompt": "abc"}"#)
            #expect(answer.status == .ok)
            #expect(
                try answer.value.stable == """
                    {"id": "id", "object": "text_completion", "created": "created", "model": "fake", \
                    "system_fingerprint": "system_fingerprint", \
                    "choices": [{"text": "abca", "index": 0, "logprobs": null, "finish_reason": "stop"}], \
                    "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, \
                    "prompt_tokens_details": {"cached_tokens": 0}}, "timings": "timings"}
                    """
            )
            #expect(try answer.value["id"].text?.hasPrefix("cmpl-") == true)
        }
    }

    @Test("In parts, with the usage of all at the end if that is asked for")
    func stream() async throws {
        try await self.server(length: 2).run { client in
            let body = #"{"prompt": "abc", "stream": true, "stream_options": {"include_usage": true}}"#
            let parts = try await client.post(path, body).parts
            let head = """
                {"id": "id", "object": "text_completion", "created": "created", "model": "fake", \
                "system_fingerprint": "system_fingerprint", "choices": [
                """
            #expect(
                parts.map(\.stable) == [
                    head + #"{"text": "a", "index": 0, "logprobs": null, "finish_reason": null}], "usage": null}"#,
                    head + #"{"text": "b", "index": 0, "logprobs": null, "finish_reason": null}], "usage": null}"#,
                    head + #"{"text": "", "index": 0, "logprobs": null, "finish_reason": "stop"}], "usage": null, "timings": "timings"}"#,
                    head + #"], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "#
                        + #""prompt_tokens_details": {"cached_tokens": 0}}}"#,
                ]
            )
        }
    }

    @Test("Several prompts, as text and as tokens, each with several choices: the usage counts all prompts once and all that was generated")
    func prompts() async throws {
        try await self.server().run { client in
            func texts(_ fields: String) async throws -> [String?] {
                let answer = try await client.post(path, #"{"max_tokens": 2, \#(fields)}"#)
                let json = try answer.value
                #expect(answer.status == .ok, "\(fields): \(answer.text)")
                #expect((0..<json["choices"].count).allSatisfy { json["choices", $0, "index"] == .integer($0) })
                return (0..<json["choices"].count).map { json["choices", $0, "text"].text }
            }
            #expect(try await texts(#""prompt": "ab""#) == ["ab"])
            #expect(try await texts(#""prompt": ["ab", "cd"]"#) == ["ab", "cd"])
            #expect(try await texts(#""prompt": [97, 98]"#) == ["ab"])
            #expect(try await texts(#""prompt": [[97, 98], [99, 100]]"#) == ["ab", "cd"])
            #expect(try await texts(#""prompt": ["ab", [99, 100]]"#) == ["ab", "cd"])
            #expect(try await texts(#""prompt": ["ab", "cd"], "n": 2, "best_of": 2"#) == ["ab", "ab", "cd", "cd"])

            let usage = try await client.post(path, #"{"prompt": ["ab", "cde"], "n": 3, "max_tokens": 4}"#).value["usage"]
            #expect(usage["prompt_tokens"] == 5 && usage["completion_tokens"] == 24 && usage["total_tokens"] == 29)
        }
    }

    @Test("How many tokens there are if nothing else is said, and by which names")
    func lengths() async throws {
        try await self.server().run { client in
            let lengths: [(fields: String, length: Int)] = [
                ("", 16), (#", "max_tokens": null"#, 16), (#", "max_tokens": 3"#, 3), (#", "n_predict": 3"#, 3),
                (#", "n_predict": 3, "max_tokens": 3"#, 3), (#", "n_predict": -1"#, 508),
            ]
            for (fields, length) in lengths {
                let answer = try await client.post(path, #"{"prompt": "abcd"\#(fields)}"#).value
                #expect(answer["choices", 0, "text"].text?.count == length, "\(fields)")
            }
        }
    }

    @Test("What a prompt has in common with one before is counted as cached")
    func cached() async throws {
        try await self.server().run { client in
            let body = #"{"prompt": "\#(String(repeating: "abcdefgh", count: 8))", "max_tokens": 1, "n": 2}"#
            let first = try await client.post(path, body).value
            #expect(first["usage", "prompt_tokens_details", "cached_tokens"] == 0)
            let second = try await client.post(path, body).value
            guard case .integer(let cached) = second["usage", "prompt_tokens_details", "cached_tokens"] else {
                Issue.record("\(second)")
                return
            }
            #expect((32...64).contains(cached))
            #expect(second["timings", "cached_tokens"] == .integer(cached))
        }
    }

    @Test("What stands between two texts, from a model that was trained for it")
    func infill() async throws {
        try await TestServer(FakeModel(hasInfill: true)).run { client in
            let answer = try await client.post(path, #"{"prompt": ["ab", "c"], "suffix": "d", "max_tokens": 3}"#)
            // The fake answers with its prompt, whose first token has no text.
            #expect(answer.status == .ok, "\(answer.text)")
            #expect(try answer.value["choices", 0, "text"] == "ab")
            #expect(try answer.value["usage", "prompt_tokens"] == 11)
            let plain = try await client.post(path, #"{"prompt": "ab", "suffix": "", "max_tokens": 3}"#)
            #expect(try plain.value["choices", 0, "text"] == "aba")
        }
    }

    @Test(
        "Names of control tokens in a prompt are those tokens unless they are meant as text, and what every text begins with is there once"
    )
    func control() async throws {
        try await TestServer(FakeModel(beginning: 1, hasInfill: true)).run { client in
            let lengths: [(fields: String, tokens: Int)] = [
                (#""prompt": "<pre>ab<suf>""#, 5), (#""prompt": "<pre>ab<suf>", "parse_special": true"#, 5),
                (#""prompt": "<pre>ab<suf>", "parse_special": false"#, 13), (#""prompt": "ab""#, 3), (#""prompt": "\u0001ab""#, 3),
                (#""prompt": [97, 98], "parse_special": true"#, 2),
            ]
            for (fields, tokens) in lengths {
                let answer = try await client.post(path, #"{"max_tokens": 1, \#(fields)}"#).value
                #expect(answer["usage", "prompt_tokens"] == .integer(tokens), "\(fields)")
            }
        }
    }

    @Test("What a template makes of a conversation is answered as the conversation is")
    func rendered() async throws {
        let template =
            "{% for m in messages %}<pre>{{ m.role }}<suf>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<mid>{% endif %}"
        try await TestServer(FakeModel(template: template, beginning: 1, hasInfill: true)).run { client in
            let conversation = #""messages": [{"role": "developer", "content": "a"}, {"role": "user", "content": "b"}], "max_tokens": 18"#
            let prompt = try await client.post("/apply-template", "{\(conversation)}").value["prompt"]
            #expect(prompt == "<pre>system<suf>a<pre>user<suf>b<mid>")
            let chat = try await client.post("/v1/chat/completions", "{\(conversation)}").value
            let completion = try await client.post(path, #"{"prompt": \#(prompt.json), "max_tokens": 18}"#).value
            #expect(completion["choices", 0, "text"] == chat["choices", 0, "message", "content"])
            #expect(completion["usage", "prompt_tokens"] == 18 && chat["usage", "prompt_tokens"] == 18)
        }
    }

    @Test("The model's end can be ignored")
    func ignoredEnd() async throws {
        try await self.server(length: 2).run { client in
            let answer = try await client.post(path, #"{"prompt": "abc", "max_tokens": 5, "ignore_eos": true}"#)
            #expect(try answer.value["choices", 0, "text"] == "abcab")
            #expect(try answer.value["choices", 0, "finish_reason"] == "length")
        }
    }

    @Test("A request's time is over also while its model is loaded")
    func timeout() async throws {
        try await TestServer(isLoadHeld: true).run { client in
            for (path, text) in [(path, "prompt"), ("/v1/embeddings", "input")] {
                let answer = try await client.post(path, #"{"\#(text)": "abc", "timeout": 0.01}"#)
                #expect(answer.status == .gatewayTimeout)
                #expect(try answer.value["error", "code"] == "timeout")
            }
        }
    }

    @Test("The guide's loop: no model, and whatever Content-Type")
    func guide() async throws {
        try await self.server().run { client in
            for type in [nil, "application/x-www-form-urlencoded", "text/plain"] {
                var headers: HTTPFields = [:]
                headers[.contentType] = type
                let answer = try await client.post(path, #"{"prompt": "Request 1", "max_tokens": 20}"#, headers: headers)
                #expect(answer.status == .ok)
                #expect(try answer.value["choices", 0, "text"].text?.count == 20)
            }
        }
    }

    @Test("What a path does not know is answered in JSON")
    func unknown() async throws {
        try await self.server().run { client in
            let wrongMethod = try await client.get(path)
            #expect(wrongMethod.status == .methodNotAllowed)
            #expect(wrongMethod.headers[.allow] == "POST")
            let nothing = try await client.get("/nothing")
            #expect(nothing.status == .notFound)
            #expect(nothing.text.contains("/openapi.json"))
        }
    }

    static let refused: [(json: String, parameter: String, message: String)] = [
        ("{}", "prompt", "prompt is missing"),
        (#"{"prompt": 5}"#, "prompt", "prompt is 5: it must be a string, a list of strings"),
        (#"{"prompt": []}"#, "prompt", "prompt is empty"),
        (#"{"prompt": [[]]}"#, "prompt[0]", "prompt[0] is empty"),
        (#"{"prompt": ["a", 5]}"#, "prompt[1]", "prompt[1] is 5: it must be a string or a list of tokens"),
        (#"{"prompt": [5, "a"]}"#, "prompt[1]", "prompt[1] is a string: it must be a token's number"),
        (#"{"prompt": [-5]}"#, "prompt[0]", "prompt[0] is -5: it must be a token's number"),
        (#"{"prompt": [[1], [1, 5000000000]]}"#, "prompt[1][1]", "prompt[1][1] is 5000000000"),
        (#"{"prompt": [257]}"#, "prompt", "token 257 of the prompt is not in the vocabulary, which has 257 tokens"),
        (#"{"prompt": ""}"#, "prompt", "the prompt is empty"),
        (#"{"prompt": "a", "best_of": 2}"#, "best_of", "best_of is 2 and n is 1"),
        (#"{"prompt": "a", "n": 2, "best_of": 3}"#, "best_of", "best_of is 3 and n is 2"),
        (#"{"prompt": ["a", "b", "c"], "n": 3}"#, "n", "3 prompts with n = 3 are 9 answers: one request may ask for 8"),
        (#"{"prompt": "a", "logprobs": true}"#, "logprobs", "logprobs is true: it must be a whole number"),
        (#"{"prompt": "a", "logprobs": 21}"#, "logprobs", "logprobs is 21: it must be 0 to 20"),
        (#"{"prompt": "a", "max_tokens": 0}"#, "max_tokens", "max_tokens is 0: it must be at least 1"),
        (#"{"prompt": "a", "max_tokens": 2, "n_predict": 3}"#, "n_predict", "max_tokens is 2 and n_predict is 3"),
        (#"{"prompt": "a", "echo": 1}"#, "echo", "echo is 1: it must be true or false"),
        (#"{"prompt": "a", "echo": true, "suffix": "b"}"#, "echo", "echo and suffix cannot be had together"),
        (#"{"prompt": "a", "parse_special": 1}"#, "parse_special", "parse_special is 1: it must be true or false"),
        (#"{"prompt": "a", "parse_special": true, "suffix": "b"}"#, "parse_special", "parse_special and suffix cannot be had together"),
        (#"{"prompt": [1], "suffix": "b"}"#, "suffix", "suffix takes a prompt of text"),
        (#"{"prompt": "a", "suffix": "b"}"#, "suffix", "suffix is not supported by this model"),
        (#"{"prompt": "a", "ignore_eos": 1}"#, "ignore_eos", "ignore_eos is 1: it must be true or false"),
        (#"{"prompt": "a", "response_format": {"type": "json_object"}}"#, "response_format", "response_format.type is 'json_object'"),
        (#"{"prompt": "a", "n_probs": 3}"#, "n_probs", "n_probs is not supported: ask for logprobs"),
        (#"{"prompt": "a", "temperature": -1}"#, "temperature", "temperature is -1: it must be 0 to 5"),
    ]

    @Test("A field that cannot be heeded is refused by its name")
    func refusals() async throws {
        var settings = ServerSettings()
        settings.answerLimit = 8
        try await TestServer(settings: settings).run { client in
            for (json, parameter, message) in Self.refused {
                let answer = try await client.post(path, json)
                let error = try answer.value["error"]
                #expect(answer.status == .badRequest, "\(json)")
                #expect(error["param"] == .string(parameter), "\(json): \(error)")
                #expect(error["message"].text?.contains(message) == true, "\(json): \(error)")
            }
            let long = try await client.post(path, #"{"prompt": "\#(String(repeating: "a", count: 513))"}"#)
            #expect(long.status == .badRequest)
            let error = try long.value["error"]
            #expect(error["code"] == "context_length_exceeded" && error["param"] == "prompt")
        }
    }
}
