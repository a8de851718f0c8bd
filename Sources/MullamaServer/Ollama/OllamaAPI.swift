import ChatTemplates
import Hummingbird
import Mullama

/// Ollama's API, as its clients use it.
struct OllamaAPI: Sendable {
    /// The version of Ollama whose API this is. Clients look at it for what they may ask: editors want 0.6.4, the first whose `/api/show` tells
    /// capabilities. More is not claimed, though some fields of later versions are read, too.
    static let version = "0.6.4"

    let server: ServerState

    var routes: [Route] {
        [
            Route(.get, "/", .open, "Say that the server is running.") { _, _ in Self.running },
            Route(.get, "/api/version", .open, "The version of Ollama's API, and of the server.") { _, _ in
                Response(json: ["version": .string(Self.version), "mullama": .string(ProgramVersion.current)])
            },
            Route(.post, "/api/generate", .infer, "Answer a prompt, or load or unload a model.") { try await self.generate($0, $1) },
            Route(.post, "/api/chat", .infer, "Go on with a conversation, or load or unload a model.") { try await self.chat($0, $1) },
            Route(.post, "/api/embed", .infer, "Turn texts into vectors.") { try await self.embed($0, $1) },
            Route(.post, "/api/embeddings", .infer, "Turn a text into a vector, as clients did once.") { try await self.embedOne($0, $1) },
            Route(.get, "/api/tags", .infer, "The models that can be asked for.") { _, _ in try await self.tags() },
            Route(.get, "/api/ps", .infer, "The models that are in memory.") { _, _ in self.inMemory() },
            Route(.post, "/api/show", .infer, "What is known of a model.") { request, _ in try await self.show(request) },
            Route(.post, "/api/copy", .manage, "Give a model of the store another name.") { request, _ in try await self.copy(request) },
            Route(.delete, "/api/delete", .manage, "Remove a model from the store.") { request, _ in try await self.delete(request) },
        ]
    }

    private static let running = Response(
        status: .ok,
        headers: [.contentType: "text/plain; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: "Mullama is running"))
    )

    /// What to do instead, for who asks for an operation of Ollama's that is not here; nil for any other path.
    static func advice(for path: String) -> String? {
        let absent = ["/api/pull", "/api/push", "/api/create", "/api/blobs"]
        guard absent.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) else { return nil }
        return "models come in with `mullama import FILE NAME`, on the machine of the server"
    }

    func fields(_ request: Request) async throws -> RequestFields {
        try await request.fields(limit: self.server.settings.bodyLimit)
    }
}
