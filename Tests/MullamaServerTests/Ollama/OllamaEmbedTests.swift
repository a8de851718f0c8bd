import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import MullamaServer

@Suite("Ollama: embed")
struct OllamaEmbedTests {
    @Test("Texts become vectors of unit length, one for each")
    func several() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/embed", #"{"model": "small", "input": ["abc", "d"]}"#)
            #expect(answer.status == .ok)
            let fields = try answer.json
            #expect(fields.keys == ["model", "embeddings", "total_duration", "load_duration", "prompt_eval_count"])
            #expect(fields["model"] == "small")
            #expect(fields["prompt_eval_count"] == 4)
            let vectors = (fields["embeddings"] ?? .none).items
            #expect(vectors.count == 2)
            for vector in vectors { #expect(abs(vector.length - 1) < 1e-3) }

            let alone = try await client.post("/api/embed", #"{"input": "abc"}"#)
            #expect(try (alone.json["embeddings"] ?? .none).items == [vectors[0]])
        }
    }

    @Test("The older way has one text and its vector alone")
    func one() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/embeddings", #"{"model": "small", "prompt": "abc"}"#)
            #expect(try answer.json.keys == ["embedding"])
            #expect(try (answer.json["embedding"] ?? .none).items.isEmpty == false)
        }
    }

    @Test(
        "A long text is cut, unless that is refused",
        arguments: [(#""truncate": true"#, true), (#""options": {}"#, true), (#""truncate": false"#, false)]
    )
    func long(fields: String, isCut: Bool) async throws {
        try await OllamaServer().run { client in
            let text = String(repeating: "x", count: 300)
            let answer = try await client.post("/api/embed", #"{"input": "\#(text)", \#(fields)}"#)
            #expect(answer.status == (isCut ? .ok : .badRequest))
            if isCut {
                #expect(try answer.json["prompt_eval_count"] == 256)
            } else {
                #expect(
                    answer.text.hasPrefix(#"{"error": "input[0] has 300 tokens and at most 256 are embedded at once"#),
                    "\(answer.text)"
                )
            }
        }
    }

    @Test("num_ctx bounds texts")
    func contextSize() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/embed", #"{"input": "abcdefgh", "options": {"num_ctx": 4}}"#)
            #expect(try answer.json["prompt_eval_count"] == 4)
        }
    }

    @Test("Nothing to embed loads the model", arguments: [#""input": """#, #""input": []"#, #""input": null"#])
    func nothing(fields: String) async throws {
        let server = try OllamaServer()
        try await server.run { client in
            let answer = try await client.post("/api/embed", #"{"model": "small", \#(fields)}"#)
            #expect(answer.text == #"{"model": "small", "embeddings": []}"#)
            #expect(server.state.models.loaded.count == 1)
            #expect(try await client.post("/api/embeddings", #"{"prompt": ""}"#).text == #"{"embedding": []}"#)
        }
    }

    @Test(
        "What cannot be embedded is refused by its name",
        arguments: [
            (#""input": 5"#, "input is 5: it must be a string or a list of strings"),
            (#""input": ["a", ""]"#, "input[1] is empty"),
            (#""input": "a", "dimensions": 0"#, "dimensions is 0: it must be at least 1"),
            (#""input": "a", "dimensions": 5000"#, "dimensions is 5000: it must be 1 to 4"),
        ]
    )
    func refused(fields: String, message: String) async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/embed", "{\(fields)}")
            #expect(answer.status == .badRequest)
            #expect(answer.text.hasPrefix(#"{"error": "\#(message)"#), "\(answer.text)")
        }
    }
}

extension TemplateValue {
    /// Of a vector.
    fileprivate var length: Double {
        self.items.reduce(0) { sum, item in if case .double(let number) = item { sum + number * number } else { sum } }.squareRoot()
    }
}
