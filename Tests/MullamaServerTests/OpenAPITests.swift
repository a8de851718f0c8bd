import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import MullamaServer

@Suite("The API's description")
struct OpenAPITests {
    private func routes() throws -> [Route] { ServerApplication(state: try TestServer().state).routes }

    @Test("Every operation is described, and nothing else is")
    func complete() throws {
        let served = Set(try self.routes().map { "\($0.method.rawValue) \($0.path)" })
        #expect(served == Set(OperationDescription.all.keys))
    }

    @Test("Every schema that is named is there and is JSON, and every one there is named")
    func schemas() throws {
        let known = OpenAPIDocument.schemas
        #expect(Set(known.keys) == Set(OpenAPISchemas.all.keys))
        let document = OpenAPIDocument(routes: try self.routes(), version: "1").json.json
        let named = Set(document.matches(of: /#\/components\/schemas\/(\w+)/).map { String($0.1) })
        #expect(named == Set(known.keys))
    }

    /// A request with all that has fields of its own, by the name of its schema, and what reads it.
    struct Reading: Sendable, CustomTestStringConvertible {
        var schema: String
        var json: String
        var read: @Sendable (RequestFields) throws -> Void

        var testDescription: String { self.schema }
    }

    static let text = #""stream_options": {}, "response_format": {}, "logit_bias": {"1": 2}, "stream": true"#
    static let readings: [Reading] = [
        Reading(schema: "CompletionRequest", json: #"{"prompt": "a", \#(Self.text)}"#) { _ = try CompletionRequest($0, answerLimit: 8) },
        Reading(schema: "ChatCompletionRequest", json: #"{"messages": [{"role": "user", "content": "a"}], \#(Self.text)}"#) {
            _ = try ChatCompletionRequest($0)
        },
        Reading(schema: "EmbeddingsRequest", json: #"{"input": "a"}"#) {
            _ = try EmbeddingsAPI.encoding($0)
            _ = try EmbeddingsAPI.request($0, limit: 8)
        },
        Reading(schema: "GenerateRequest", json: #"{"model": "a", "prompt": "a", "options": {}}"#) {
            _ = try OllamaAPI.generatePrompt(try OllamaRequest($0))
        },
        Reading(schema: "ChatRequest", json: #"{"model": "a", "messages": [{"role": "user", "content": "a"}], "options": {}}"#) {
            _ = try OllamaAPI.chatPrompt(try OllamaRequest($0))
        },
        Reading(schema: "EmbedRequest", json: #"{"model": "a", "input": "a", "options": {}}"#) {
            _ = try OllamaAPI.embedding($0, limit: 8)
        },
        Reading(schema: "OldEmbedRequest", json: #"{"model": "a", "prompt": "a", "options": {}}"#) { _ = try OllamaAPI.embeddingOfOne($0) },
    ]

    @Test("What a request is described to have is what is read of it", arguments: Self.readings)
    func read(_ reading: Reading) throws {
        let reads = FieldReads()
        try reading.read(try RequestFields(try TemplateValue(json: reading.json), reads: reads))
        // What stands in a list or is named by the client has no field of the schema.
        let names = reads.names.filter { !$0.contains("[") && !$0.hasPrefix("logit_bias.") }
        #expect(names == Self.fields(of: OpenAPIDocument.schemas[reading.schema] ?? .none))
    }

    /// The names of a schema's fields, those of objects in it with the object's name before them.
    private static func fields(of schema: TemplateValue) -> Set<String> {
        guard case .dictionary(let fields) = schema["properties"] else { return [] }
        return fields.reduce(into: []) { names, field in
            names.insert(field.key)
            for inner in Self.fields(of: field.value) { names.insert("\(field.key).\(inner)") }
        }
    }

    @Test("It is served")
    func served() async throws {
        try await TestServer().run { client in
            let answer = try await client.get("/openapi.json")
            let document = try TemplateValue(json: answer.text)
            guard case .dictionary(let fields) = document, case .dictionary(let paths)? = fields["paths"] else {
                Issue.record("no paths in \(answer.text.prefix(200))")
                return
            }
            #expect(paths["/v1/models/{id}"] != nil)
            #expect(paths["/openapi.json"] != nil)
        }
    }
}
