import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ModelStore
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Ollama: models")
struct OllamaModelsTests {
    static let details = """
        {"parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "197", "quantization_level": "Q4_K_M"}
        """

    @Test("The list of models")
    func tags() async throws {
        let server = try OllamaServer()
        let stored = try server.store.add("Tiny:v1", content: GGUFBuilder.smallModel(named: "Tiny").build())
        let size = GGUFBuilder.smallModel(license: "apache-2.0").build().count
        try await server.run { client in
            let list = try await client.get("/api/tags").golden.replacing(#/"[0-9a-f]{64}"/#, with: "\"D\"")
            #expect(
                list == """
                    {"models": [{"name": "small", "model": "small", "modified_at": "T", "size": \(size), "digest": "D", "details": \(Self.details)}, \
                    {"name": "tiny:v1", "model": "tiny:v1", "modified_at": "T", "size": \(stored.size), "digest": "D", "details": \(Self.details)}]}
                    """
            )
        }
    }

    @Test("The models in memory")
    func inMemory() async throws {
        let server = try OllamaServer()
        try await server.run { client in
            #expect(try await client.get("/api/ps").text == #"{"models": []}"#)
            _ = try await client.post("/api/generate", #"{"keep_alive": "10m"}"#)
            let text = try await client.get("/api/ps").golden.replacing(#/"[0-9a-f]{64}"/#, with: "\"D\"")
            #expect(
                text == """
                    {"models": [{"name": "small", "model": "small", "size": 1, "digest": "D", "details": {"parent_model": "", "format": "gguf", \
                    "family": "fake", "families": ["fake"], "parameter_size": "0", "quantization_level": "none"}, "expires_at": "T", \
                    "size_vram": 0, "context_length": 256}]}
                    """
            )
        }
    }

    @Test("A model that is on its way is not in memory yet")
    func loading() async throws {
        let server = try OllamaServer(isLoadHeld: true)
        try await server.run { client in
            let port = try #require(client.port)
            async let answer = HTTPClient.post(port, "/api/generate", "{}")
            try await server.loader.wait(for: .began("small"))
            #expect(server.state.models.loaded.count == 1)
            #expect(try await client.get("/api/ps").text == #"{"models": []}"#)
            server.loader.finish("small")
            #expect(try await answer.status == .ok)
            #expect(try await client.get("/api/ps").text.contains(#""context_length": 256"#))
        }
    }

    @Test("A model has one digest wherever it is told")
    func digests() async throws {
        let server = try OllamaServer()
        let stored = try server.store.add("tiny:v1")
        try await server.run { client in
            _ = try await client.post("/api/generate", #"{"model": "small"}"#)
            _ = try await client.post("/api/generate", #"{"model": "tiny:v1"}"#)
            func digests(_ path: String) async throws -> [String] {
                try await client.get(path).text.matches(of: #/"digest": "([0-9a-f]{64})"/#).map { String($0.output.1) }
            }
            let listed = try await digests("/api/tags")
            #expect(listed.count == 2)
            #expect(listed.last == String(stored.digest.dropFirst("sha256:".count)))
            #expect(try await listed == digests("/api/ps"))
        }
    }

    @Test("A model that is kept for ever goes in a century")
    func forever() async throws {
        try await OllamaServer().run { client in
            _ = try await client.post("/api/generate", #"{"keep_alive": -1}"#)
            let year = try await client.get("/api/ps").text.firstMatch(of: #/"expires_at": "(\d{4})-/#)?.output.1
            #expect(year.flatMap { Int($0) }.map { $0 > 2100 } == true)
        }
    }

    // MARK: The store

    @Test("A copy is the same model under another name, and a deleted name is gone")
    func copyAndDelete() async throws {
        let server = try OllamaServer()
        try server.store.add("tiny:v1")
        try await server.run { client in
            let copied = try await client.post("/api/copy", #"{"source": "tiny:v1", "destination": "mine/helper"}"#)
            #expect(copied.status == .ok)
            #expect(copied.text.isEmpty)
            #expect(try server.state.models.available().map(\.name) == ["mine/helper:latest", "small", "tiny:v1"])

            for (field, name) in [("model", "tiny:v1"), ("name", "mine/helper")] {
                let deleted = try await client.execute(
                    uri: "/api/delete",
                    method: .delete,
                    body: ByteBuffer(string: #"{"\#(field)": "\#(name)"}"#)
                ) { $0 }
                #expect(deleted.status == .ok)
                #expect(deleted.text.isEmpty)
            }
            #expect(try server.state.models.available().map(\.name) == ["small"])
        }
    }

    @Test(
        "What cannot be copied or deleted is said so",
        arguments: [
            ("/api/copy", #"{"source": "other", "destination": "mine"}"#, HTTPResponse.Status.notFound, "model not found: "),
            ("/api/copy", #"{"source": "small", "destination": "mine"}"#, .notFound, "model not found: "),
            ("/api/copy", #"{"source": "tiny:v1", "destination": "../x"}"#, .badRequest, "'../x' cannot be a model's name"),
            ("/api/copy", #"{"source": "tiny:v1"}"#, .badRequest, "source or destination is missing"),
            ("/api/delete", #"{"model": "other"}"#, .notFound, "model not found: "),
            ("/api/delete", #"{"model": "small"}"#, .notFound, "model not found: "),
            ("/api/delete", "{}", .badRequest, "model is missing"),
            ("/api/show", #"{"model": "other"}"#, .notFound, "model not found: there is no model 'other' here: ask for small, tiny:v1"),
        ]
    )
    func refused(path: String, body: String, status: HTTPResponse.Status, message: String) async throws {
        let server = try OllamaServer()
        try server.store.add("tiny:v1")
        try await server.run { client in
            let method: HTTPRequest.Method = path == "/api/delete" ? .delete : .post
            let answer = try await client.execute(uri: path, method: method, body: ByteBuffer(string: body)) { $0 }
            #expect(answer.status == status)
            #expect(answer.text.hasPrefix(#"{"error": "\#(message)"#), "\(answer.text)")
            #expect(try server.state.models.available().map(\.name) == ["small", "tiny:v1"])
        }
    }

    // MARK: The server

    @Test("The server says that it runs, to HEAD too, and which version it has")
    func running() async throws {
        try await OllamaServer().run { client in
            #expect(try await client.get("/").text == "Mullama is running")
            #expect(try await client.get("/").headers[.contentType] == "text/plain; charset=utf-8")
            #expect(try await client.get("/api/version").text == #"{"version": "0.6.4", "mullama": "\#(ProgramVersion.current)"}"#)
            for path in ["/", "/api/version", "/api/tags"] {
                let head = try await client.execute(uri: path, method: .head) { $0 }
                #expect(head.status == .ok)
                #expect(head.text.isEmpty)
            }
        }
    }

    @Test("What is not here says how models come in")
    func absent() async throws {
        try await OllamaServer().run { client in
            for path in ["/api/pull", "/api/push", "/api/create", "/api/blobs/sha256:00"] {
                let answer = try await client.post(path, #"{"model": "llama3.2"}"#)
                #expect(answer.status == .notFound)
                #expect(
                    answer.text
                        == #"{"error": "there is nothing at \#(path): models come in with `mullama import FILE NAME`, on the machine of the server"}"#
                )
            }
            let head = try await client.execute(uri: "/api/blobs/sha256:00", method: .head) { $0 }
            #expect(head.status == .notFound)
            #expect(head.text.isEmpty)
            // The connection is of use after that.
            #expect(
                try await client.get("/api/pulls").text
                    == #"{"error": "there is nothing at /api/pulls: see /openapi.json for what there is"}"#
            )
            let wrongMethod = try await client.get("/api/chat")
            #expect(wrongMethod.status == .methodNotAllowed)
            #expect(wrongMethod.text == #"{"error": "/api/chat has no GET: it has POST"}"#)
        }
    }
}
