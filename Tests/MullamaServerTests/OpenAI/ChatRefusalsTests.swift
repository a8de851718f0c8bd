import ChatTemplates
import Hummingbird
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Chat completions that are refused", .timeLimit(.minutes(1)))
struct ChatRefusalsTests {
    /// Fields beside a good conversation, the field that is named as the reason, and a part of what is said.
    static let fields: [(json: String, parameter: String, message: String)] = [
        (#""temperature": 9"#, "temperature", "temperature is 9: it must be 0 to 5"),
        (#""temperature": "hot""#, "temperature", "temperature is a string: it must be a number"),
        (#""top_p": 1.5"#, "top_p", "top_p is 1.5: it must be 0 to 1"),
        (#""top_k": -2"#, "top_k", "top_k is -2"),
        (#""min_p": -0.1"#, "min_p", "min_p is -0.1: it must be 0 to 1"),
        (#""typical_p": 2"#, "typical_p", "typical_p is 2"),
        (#""repeat_penalty": 0"#, "repeat_penalty", "repeat_penalty is 0: it must be 0.01 to 100"),
        (#""repeat_penalty": 1.1, "repetition_penalty": 1.2"#, "repetition_penalty", "repeat_penalty is 1.1 and repetition_penalty is 1.2"),
        (#""repeat_last_n": -2"#, "repeat_last_n", "repeat_last_n is -2"),
        (#""frequency_penalty": 101"#, "frequency_penalty", "frequency_penalty is 101: it must be -100 to 100"),
        (#""presence_penalty": []"#, "presence_penalty", "presence_penalty is a list: it must be a number"),
        (#""seed": 0.5"#, "seed", "seed is 0.5: it must be a whole number"),
        (#""seed": 18446744073709551615"#, "seed", "it must be a whole number of 64 bits"),
        (#""stop": ["a", ""]"#, "stop", "stop[1] is empty"),
        (#""stop": ["a", 1]"#, "stop[1]", "stop[1] is 1: it must be a string"),
        (#""logit_bias": []"#, "logit_bias", "logit_bias is a list: it must be a JSON object"),
        (#""logit_bias": {"abc": 1}"#, "logit_bias", "tokens are named by their numbers"),
        (#""logit_bias": {"7": true}"#, "logit_bias.7", "logit_bias.7 is true: it must be a number"),
        (#""logit_bias": {"7": 1, "257": 1}"#, "logit_bias", "names token 257: the model's vocabulary has 257 tokens"),
        (#""priority": "urgent""#, "priority", "it must be one of 'interactive', 'normal', 'batch'"),
        (#""timeout": 0"#, "timeout", "timeout is 0"),
        (#""n": 0"#, "n", "n is 0: it must be 1 to 128"),
        (#""n": 129"#, "n", "n is 129: it must be 1 to 128"),
        (#""max_tokens": 0"#, "max_tokens", "max_tokens is 0: it must be at least 1"),
        (#""max_tokens": 5, "max_completion_tokens": 6"#, "max_tokens", "max_completion_tokens is 6 and max_tokens is 5"),
        (#""logprobs": 3"#, "logprobs", "logprobs is 3: it must be true or false"),
        (#""top_logprobs": 3"#, "top_logprobs", "it takes logprobs to be true"),
        (#""logprobs": true, "top_logprobs": 21"#, "top_logprobs", "top_logprobs is 21: it must be 0 to 20"),
        (#""stream": "yes""#, "stream", "stream is a string: it must be true or false"),
        (#""stream_options": {"include_usage": 1}"#, "stream_options.include_usage", "it must be true or false"),
        (#""response_format": {"type": "json_object"}"#, "response_format", "response_format.type is 'json_object'"),
        (#""response_format": {"type": "json_schema", "json_schema": {}}"#, "response_format", "give a grammar"),
        (#""guided_json": {}"#, "guided_json", "guided_json is not supported: give a grammar"),
        (#""functions": [{"name": "f"}]"#, "functions", "functions is not supported: describe the functions in tools instead"),
        (#""function_call": {"name": "f"}"#, "function_call", "function_call is not supported"),
        (#""audio": {"voice": "alloy"}"#, "audio", "audio is not supported: only text can be read and written"),
        (#""modalities": ["text", "audio"]"#, "modalities", "modalities is not supported"),
        (#""web_search_options": {}"#, "web_search_options", "web_search_options is not supported"),
        (#""mirostat": 2"#, "mirostat", "mirostat is not supported"),
        (#""min_tokens": 5"#, "min_tokens", "min_tokens is not supported"),
        (#""continue_final_message": true"#, "continue_final_message", "continue_final_message is not supported"),
        (#""tools": {}"#, "tools", "tools is an object: it must be a list"),
        (#""tools": [{"type": "custom", "custom": {}}]"#, "tools[0].type", "tools[0].type is not supported"),
        (#""tools": [{"type": "function"}]"#, "tools[0]", "tools[0] has no name"),
        (#""tool_choice": "required""#, "tool_choice", "tool_choice cannot force a call"),
        (#""tool_choice": {"type": "function", "function": {"name": "f"}}"#, "tool_choice", "tool_choice cannot force a call"),
        (#""tool_choice": 1"#, "tool_choice", "tool_choice is 1: it must be 'auto' or 'none'"),
        (#""chat_template_kwargs": {"messages": []}"#, "chat_template_kwargs", "chat_template_kwargs has messages"),
        (#""model": 5"#, "model", "model is 5: it must be a string"),
    ]

    @Test("A field that cannot be heeded is refused by its name")
    func fields() async throws {
        try await TestServer().run { client in
            for (json, parameter, message) in Self.fields {
                let body = #"{"messages": [{"role": "user", "content": "a"}], \#(json)}"#
                let answer = try await client.post("/v1/chat/completions", body)
                let error = try answer.value["error"]
                #expect(answer.status == .badRequest, "\(json)")
                #expect(error["type"] == "invalid_request_error", "\(json)")
                #expect(error["param"] == .string(parameter), "\(json)")
                #expect(error["message"].text?.contains(message) == true, "\(json): \(error)")
            }
        }
    }

    @Test("Tools that the model's template does not show are refused before anything is computed")
    func tools() async throws {
        let tools = #""tools": [{"type": "function", "function": {"name": "weather"}}]"#
        let body = #"{"messages": [{"role": "user", "content": "a"}], "max_tokens": 1, \#(tools)"#
        for template in [nil, "{{ messages[0].content }}"] {
            let server = try TestServer(FakeModel(template: template))
            try await server.run { client in
                for path in ["/v1/chat/completions", "/api/chat", "/apply-template"] {
                    let answer = try await client.post(path, body + "}")
                    #expect(answer.status == .badRequest, "\(path)")
                    #expect(answer.text.contains("the model does not support tools"), "\(path): \(answer.text)")
                    let error = try answer.value["error"]
                    #expect(path == "/api/chat" || error["param"] == "tools" && error["code"] == "unsupported_parameter", "\(path)")
                }
                #expect(server.fake.control.log.texts == 0)
                let kept = try await client.post("/v1/chat/completions", body + #", "tool_choice": "none"}"#)
                #expect(kept.status == .ok)
            }
        }
    }

    static let conversations: [(json: String, parameter: TemplateValue, message: String)] = [
        ("[]", nil, "the request's body is a list: it must be a JSON object"),
        ("{", nil, "the request's body is"),
        ("{\"messages\": \"\\ud800\"}", nil, "the request's body is"),
        (String(repeating: "[", count: 1000), nil, "the request's body is"),
        ("{}", "messages", "messages is missing"),
        (#"{"messages": null}"#, "messages", "messages is missing"),
        (#"{"messages": "hello"}"#, "messages", "messages is a string: it must be a list"),
        (#"{"messages": []}"#, "messages", "messages is empty"),
        (#"{"messages": ["hello"]}"#, "messages[0]", "messages[0] is a string: it must be an object"),
        (#"{"messages": [{"content": "hello"}]}"#, "messages[0]", "messages[0] has no role"),
        (#"{"messages": [{"role": "user"}]}"#, "messages[0]", "messages[0] has no content"),
        (#"{"messages": [{"role": "user", "content": 5}]}"#, "messages[0]", "messages[0].content is a number"),
        (
            #"{"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": [{"type": "text", "text": "a"}, "#
                + #"{"type": "image_url", "image_url": {"url": "http://localhost/a.png"}}]}]}"#,
            "messages[1]", #"messages[1].content[1].type is "image_url": only parts of the type "text" can be read here"#
        ),
        (
            #"{"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]}"#, "messages[0]",
            #"messages[0].content[0].type is "input_audio""#
        ),
        (
            #"{"messages": [{"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": ""}}]}"#,
            "messages[0].function_call", "messages[0].function_call is not supported"
        ),
    ]

    @Test("What is no conversation is refused with the place of the fault")
    func conversations() async throws {
        try await TestServer().run { client in
            for (json, parameter, message) in Self.conversations {
                let answer = try await client.post("/v1/chat/completions", json)
                let error = try answer.value["error"]
                #expect(answer.status == .badRequest, "\(json.prefix(100))")
                #expect(error["param"] == parameter, "\(json.prefix(100))")
                #expect(error["message"].text?.contains(message) == true, "\(json.prefix(100)): \(error)")
            }
            let invalid = try await client.execute(
                uri: "/v1/chat/completions",
                method: .post,
                body: ByteBuffer(bytes: Array("{\"messages\": \"".utf8) + [0xFF] + Array("\"}".utf8))
            ) { $0 }
            #expect(invalid.status == .badRequest)
        }
    }

    @Test("What only the model can tell is refused before anything is answered, also for streams")
    func model() async throws {
        try await TestServer(
            FakeModel(contextSize: 64, template: "{{ raise_exception('no') if messages[0].content == 'no' }}{{ messages[0].content }}")
        )
        .run { client in
            func refused(_ fields: String, _ text: String = "abc") async throws -> (HTTPResponse.Status, TemplateValue) {
                let body = #"{"messages": [{"role": "user", "content": "\#(text)"}], "stream": true\#(fields)}"#
                let answer = try await client.post("/v1/chat/completions", body)
                return (answer.status, try answer.value["error"])
            }
            let long = try await refused("", String(repeating: "a", count: 65))
            #expect(long.0 == .badRequest)
            #expect(long.1["code"] == "context_length_exceeded" && long.1["param"] == "messages")
            #expect(long.1["message"].text?.contains("65 tokens") == true && long.1["message"].text?.contains("64") == true)

            let unknown = try await refused(#", "model": "gpt-none""#)
            #expect(unknown.0 == .notFound)
            #expect(unknown.1["code"] == "model_not_found" && unknown.1["param"] == "model")
            #expect(unknown.1["message"].text?.contains("ask for fake") == true)

            let raised = try await refused("", "no")
            #expect(raised.0 == .badRequest && raised.1["param"] == "messages")
            #expect(raised.1["message"].text?.contains("template refuses the conversation: no") == true)
        }
    }

    @Test("Fields that are not known, or ask for what happens anyway, are no obstacle")
    func harmless() async throws {
        try await TestServer().run { client in
            let body = """
                {"messages": [{"role": "user", "content": "a"}], "max_tokens": 1, "user": "me", "store": true, "metadata": {"a": "b"}, \
                "prediction": {"type": "content", "content": "x"}, "service_tier": "auto", "modalities": ["text"], "functions": [], \
                "function_call": "auto", "response_format": {"type": "text"}, "tools": [], "tool_choice": "auto", "best_of": 1.0, \
                "parallel_tool_calls": true, "mirostat": 0, "min_tokens": 0, "length_penalty": 1.0, "cache_prompt": true, "unheard": [1], \
                "seed": -1, "top_k": -1, "top_p": 0, "repeat_last_n": -1, "stop": null, "logit_bias": null, "temperature": null, \
                "repeat_penalty": 1.1, "repetition_penalty": 1.1, "timeout": 60, "priority": "batch", "stream_options": null, "audio": null}
                """
            let answer = try await client.post("/v1/chat/completions", body)
            #expect(answer.status == .ok, "\(answer.text)")
        }
    }
}
