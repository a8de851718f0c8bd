import ChatTemplates
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

private let path = "/v1/embeddings"

/// The numbers of the fake model's vectors are how often each of four letters comes in a text, scaled to unit length.
@Suite("Embeddings", .timeLimit(.minutes(1)))
struct EmbeddingsTests {
    @Test("A text, several, and tokens: each text's vector is its own, in the order of the texts")
    func inputs() async throws {
        try await TestServer().run { client in
            func vectors(_ input: String, _ fields: String = "") async throws -> [TemplateValue] {
                let answer = try await client.post(path, #"{"input": \#(input)\#(fields)}"#)
                let json = try answer.value
                #expect(answer.status == .ok && json["object"] == "list" && json["model"] == "fake", "\(answer.text)")
                return (0..<json["data"].count).map { index in
                    #expect(json["data", index, "index"] == .integer(index) && json["data", index, "object"] == "embedding")
                    return json["data", index, "embedding"]
                }
            }
            let alone = try await vectors(#""abb""#)
            #expect(alone.count == 1 && alone[0].count == FakeEmbeddings.width)
            let other = try await vectors(#""b""#)
            #expect(alone != other)
            #expect(try await vectors(#"["b", "abb", "b"]"#) == other + alone + other)
            #expect(try await vectors("[97, 98, 98]") == alone)
            #expect(try await vectors("[[98], [97, 98, 98]]") == other + alone)
            #expect(try await vectors(#""abb""#, #", "dimensions": 2"#)[0].count == 2)

            let usage = try await client.post(path, #"{"input": ["abb", "b"], "user": "me"}"#).value["usage"]
            #expect(usage.json == #"{"prompt_tokens": 4, "total_tokens": 4}"#)
        }
    }

    @Test("A list is batch work unless it says otherwise, a text is not")
    func priority() async throws {
        try await TestServer().run { client in
            for (fields, expected) in [(#""input": ["a", "b"]"#, "batch"), (#""input": "a""#, "normal"), (#""input": ["a"]"#, "normal")] {
                try await client.post(path, "{\(fields)}")
                #expect(try await client.get("/requests").value["requests", 0, "priority"] == .string(expected))
            }
            try await client.post(path, #"{"input": ["a", "b"], "priority": "interactive"}"#)
            #expect(try await client.get("/requests").value["requests", 0, "priority"] == "interactive")
        }
    }

    @Test("As text or as bytes, the same numbers")
    func encodings() async throws {
        try await TestServer().run { client in
            let floats = try await client.post(path, #"{"input": "abbc", "encoding_format": "float"}"#).value["data", 0, "embedding"]
            let base64 = try await client.post(path, #"{"input": "abbc", "encoding_format": "base64"}"#).value["data", 0, "embedding"]
            let bytes = try #require(base64.text.flatMap { Data(base64Encoded: $0) })
            let decoded = stride(from: 0, to: bytes.count, by: 4).map { start in
                Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << ($1 * 8) })
            }
            #expect(decoded.contains { $0 != 0 })
            guard case .list(let numbers) = floats else { throw NotAVector() }
            #expect(numbers.map { if case .double(let number) = $0 { Float(number) } else { .nan } } == decoded)
        }
    }

    @Test("Numbers have the fewest digits that give the same bits again")
    func digits() throws {
        #expect(VectorText.json([0.1, -2, 1e-9, 0]) == "[0.1, -2.0, 1e-09, 0.0]")
        var generator = SeededGenerator(seed: 7)
        let vector = (0..<20_000).map { _ in Float(bitPattern: UInt32.random(in: .min ... .max, using: &generator)) }.filter(\.isFinite)
        guard case .list(let numbers) = try TemplateValue(json: VectorText.json(vector)) else { throw NotAVector() }
        #expect(numbers.map { if case .double(let number) = $0 { Float(number) } else { .nan } } == vector)
    }

    @Test("A request for embeddings is seen while it runs, and counted")
    func watching() async throws {
        let embeddings = FakeEmbeddings(isHeld: true)
        let server = try TestServer(FakeModel(embeddings: embeddings))
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = HTTPClient.post(port, path, #"{"input": ["abc", "d"]}"#, headers: [.requestID: "e"])
            await embeddings.parts(1)
            let live = try await client.get("/requests/e").value
            #expect(live["phase"] == "embedding")
            #expect(live["texts"] == 2)
            #expect(try await client.get("/requests/e/explain").text.contains("2 texts on the way to vectors"))
            embeddings.release()
            let timing = try await answer.headers[.serverTiming]
            #expect(timing?.contains("load;dur=") == true && timing?.contains("embed;dur=") == true)
            let ended = try await client.get("/requests/e").value
            #expect(ended["prompt_tokens"] == 4)
            #expect(ended["finish_reason"] == "stop")
            #expect(ended["status"] == 200)
            #expect(try await client.get("/requests/e/explain").text.contains("2 texts, 4 tokens"))
            let page = try await client.get("/metrics").text.split(separator: "\n")
            #expect(page.contains(#"mullama_embedded_texts_total{model="fake"} 2"#))
            #expect(page.contains(#"mullama_embedded_tokens_total{model="fake"} 4"#))
            #expect(page.contains(#"mullama_embedding_duration_seconds_count{model="fake"} 1"#))
        }
    }

    private struct NotAVector: Error {}

    static let refused: [(json: String, parameter: String, message: String)] = [
        ("{}", "input", "input is missing"),
        (#"{"input": 5}"#, "input", "input is 5"),
        (#"{"input": []}"#, "input", "input is empty"),
        (#"{"input": ""}"#, "input", "input[0] is empty"),
        (#"{"input": ["a", ""]}"#, "input", "input[1] is empty"),
        (#"{"input": ["a", [1]]}"#, "input", "input has both strings and tokens"),
        (#"{"input": [300]}"#, "input", "300"),
        (#"{"input": ["a", "b", "c"]}"#, "input", "input has 3 texts: one request may have 2"),
        (#"{"input": "a", "dimensions": 0}"#, "dimensions", "dimensions is 0: it must be at least 1"),
        (#"{"input": "a", "dimensions": 99}"#, "dimensions", "dimensions is 99: it must be 1 to"),
        (#"{"input": "a", "encoding_format": "int8"}"#, "encoding_format", "it must be one of 'float', 'base64'"),
        (#"{"input": "a", "priority": 1}"#, "priority", "priority is 1: it must be a string"),
        (#"{"input": "a", "timeout": -1}"#, "timeout", "timeout is -1.0: it must be above 0"),
    ]

    @Test("What cannot be embedded is refused by the field's name")
    func refusals() async throws {
        var settings = ServerSettings()
        settings.embeddingLimit = 2
        try await TestServer(settings: settings).run { client in
            for (json, parameter, message) in Self.refused {
                let answer = try await client.post(path, json)
                let error = try answer.value["error"]
                #expect(answer.status == .badRequest, "\(json)")
                #expect(error["param"] == .string(parameter), "\(json): \(error)")
                #expect(error["message"].text?.contains(message) == true, "\(json): \(error)")
            }
            let long = try await client.post(path, #"{"input": "\#(String(repeating: "a", count: 513))"}"#)
            #expect(long.status == .badRequest)
            let error = try long.value["error"]
            #expect(error["code"] == "context_length_exceeded" && error["param"] == "input")
            let unknown = try await client.post(path, #"{"input": "a", "model": "none"}"#)
            #expect(unknown.status == .notFound)
        }
    }
}
