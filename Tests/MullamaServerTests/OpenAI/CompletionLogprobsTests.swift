import ChatTemplates
import Hummingbird
import HummingbirdTesting
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

private let path = "/v1/completions"

@Suite("How likely tokens of completions were", .timeLimit(.minutes(1)))
struct CompletionLogprobsTests {
    @Test("Tokens, likelihoods, alternatives and places in the text beside each other")
    func shape() async throws {
        try await TestServer().run { client in
            let body = #"{"prompt": "aé", "max_tokens": 4, "logprobs": 1"#
            let whole = try await client.post(path, body + "}").value
            #expect(whole["choices", 0, "text"] == "aéa")
            #expect(
                whole["choices", 0, "logprobs"].json == """
                    {"tokens": ["a", "bytes:\\\\xc3", "bytes:\\\\xa9", "a"], \
                    "token_logprobs": [-0.5947265625, -0.6904296875, -0.6650390625, -0.5947265625], \
                    "top_logprobs": [{"a": -0.5947265625}, {"bytes:\\\\xc3": -0.6904296875}, {"bytes:\\\\xa9": -0.6650390625}, \
                    {"a": -0.5947265625}], "text_offset": [0, 1, 2, 2]}
                    """
            )
            let parts = try await client.post(path, body + #", "stream": true}"#).parts.dropLast()
            #expect(parts.map { $0["choices", 0, "logprobs", "text_offset"] } == [[0], [1, 2], [2]])
            #expect(parts.map { $0["choices", 0, "logprobs", "tokens"].count } == [1, 2, 1])
        }
    }

    @Test("The token that was chosen is among the alternatives, also if none are asked for")
    func chosen() async throws {
        try await TestServer().run { client in
            let none = try await client.post(path, #"{"prompt": "a", "max_tokens": 1, "logprobs": 0}"#).value
            #expect(none["choices", 0, "logprobs", "top_logprobs", 0].json == #"{"a": -0.5947265625}"#)
            let two = try await client.post(path, #"{"prompt": "a", "max_tokens": 1, "logprobs": 2}"#).value
            #expect(two["choices", 0, "logprobs", "top_logprobs", 0].json == #"{"a": -0.5947265625, "b": -1.5947265625}"#)
        }
    }

    @Test("An answer that begins with its prompt")
    func echo() async throws {
        try await TestServer().run { client in
            func answer(_ fields: String) async throws -> TemplateValue {
                try await client.post(path, #"{"echo": true, \#(fields)}"#).value["choices", 0]
            }
            #expect(try await answer(#""prompt": "aé", "max_tokens": 1"#)["text"] == "aéa")
            #expect(try await answer(#""prompt": [97, 98], "max_tokens": 1"#)["text"] == "aba")
            let none = try await answer(#""prompt": "ab", "max_tokens": 0"#)
            #expect(none["text"] == "ab" && none["finish_reason"] == "length" && none["logprobs"] == .none)

            let parts = try await client.post(path, #"{"prompt": ["ab", "cd"], "max_tokens": 1, "echo": true, "stream": true}"#).parts
            for (index, texts) in [["ab", "a", ""], ["cd", "c", ""]].enumerated() {
                #expect(parts.filter { $0["choices", 0, "index"] == .integer(index) }.map { $0["choices", 0, "text"].text } == texts)
            }
        }
    }

    @Test("The prompt's own likelihoods: of the first token there is none")
    func scored() async throws {
        try await TestServer().run { client in
            for prompt in [#""ab""#, "[97, 98]"] {
                let body = #"{"prompt": \#(prompt), "max_tokens": 1, "echo": true, "logprobs": 1"#
                let whole = try await client.post(path, body + "}").value["choices", 0]
                #expect(whole["text"] == "aba")
                #expect(
                    whole["logprobs"].json == """
                        {"tokens": ["a", "b", "a"], "token_logprobs": [null, -0.595703125, -0.5947265625], \
                        "top_logprobs": [null, {"b": -0.595703125}, {"a": -0.5947265625}], "text_offset": [0, 1, 2]}
                        """
                )
                let parts = try await client.post(path, body + #", "stream": true}"#).parts
                #expect(parts.map { $0["choices", 0, "text"] } == ["ab", "a", ""])
                #expect(parts.map { $0["choices", 0, "logprobs", "text_offset"] } == [[0, 1], [2], .none])
                #expect(parts[0]["choices", 0, "logprobs", "token_logprobs"].json == "[null, -0.595703125]")
            }
            let alone = try await client.post(path, #"{"prompt": "ab", "max_tokens": 0, "echo": true, "logprobs": 0}"#).value
            #expect(alone["choices", 0, "text"] == "ab")
            #expect(alone["choices", 0, "logprobs", "tokens"] == ["a", "b"])
            #expect(alone["usage", "completion_tokens"] == 0)
        }
    }

    @Test("Places in the text count from its end, so that what a model puts before a text does not shift them")
    func beginnings() {
        func token(_ text: String) -> TokenLogprob { TokenLogprob(token: 1, bytes: Array(text.utf8), logprob: -1) }
        var logprobs = CompletionLogprobs()
        let tokens = [nil, token(" Ein"), token("e"), token(" Brücke"), token("n")]
        logprobs.append(prompt: tokens, first: Array("<s>".utf8), text: "Eine Brücken")
        logprobs.append([token("!"), token("!")], from: 12)
        #expect(logprobs.json["text_offset"] == [0, 0, 3, 4, 11, 12, 13])
        #expect(logprobs.json["tokens", 0] == "<s>")
    }

    @Test("Control tokens have names, and a place in a prompt that names them, but none in an answer")
    func control() async throws {
        try await TestServer(FakeModel(hasInfill: true)).run { client in
            let body = #"{"prompt": "<pre>ab", "max_tokens": 3, "logprobs": 0"#
            let alone = try await client.post(path, body + "}").value["choices", 0]
            #expect(alone["text"] == "ab")
            #expect(alone["logprobs", "tokens"] == ["<pre>", "a", "b"])
            #expect(alone["logprobs", "text_offset"] == [0, 0, 1])

            let echo = try await client.post(path, body + #", "echo": true}"#).value["choices", 0]
            #expect(echo["text"] == "<pre>abab")
            #expect(echo["logprobs", "tokens"] == ["<pre>", "a", "b", "<pre>", "a", "b"])
            #expect(echo["logprobs", "text_offset"] == [0, 5, 6, 7, 7, 8])

            let parts = try await client.post(path, body + #", "stream": true}"#).parts
            let offsets = parts.flatMap { part in (0..<3).map { part["choices", 0, "logprobs", "text_offset", $0] } }
            #expect(offsets.filter { $0 != .none } == [0, 0, 1])
        }
    }

    @Test("What is as good as impossible is a number in JSON")
    func infinite() {
        var logprobs = CompletionLogprobs()
        logprobs.append([TokenLogprob(token: 1, bytes: [97], logprob: -.infinity)], from: 0)
        #expect(logprobs.json["token_logprobs"] == [-9999.0])
    }
}
