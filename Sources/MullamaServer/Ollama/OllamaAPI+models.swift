import ChatTemplates
import Foundation
import Hummingbird
import Mullama

extension OllamaAPI {
    func tags() async throws -> Response {
        let models = try await self.available()
        return Response(
            json: [
                "models": .list(
                    models.map { model in
                        [
                            "name": .string(model.name),
                            "model": .string(model.name),
                            "modified_at": .string(model.modified.rfc3339),
                            "size": .integer(model.size),
                            "digest": .string(OllamaDigest.text(of: model.reference)),
                            "details": OllamaDetails(model.facts).json,
                        ]
                    }
                )
            ]
        )
    }

    func inMemory() -> Response {
        // Ollama's clients wait for a model to appear here, and to go.
        let models = self.server.models.loaded.compactMap { loaded -> TemplateValue? in
            guard let model = loaded.model else { return nil }
            return [
                "name": .string(loaded.reference.name),
                "model": .string(loaded.reference.name),
                "size": .integer(loaded.memory),
                "digest": .string(OllamaDigest.text(of: loaded.reference)),
                "details": OllamaDetails(model.info).json,
                // Clients take a date that is far enough away for what it means.
                "expires_at": .string((loaded.expires ?? Date(timeIntervalSinceNow: Self.century)).rfc3339),
                "size_vram": 0,
                "context_length": .integer(AsyncContext(model).contextSize),
            ]
        }
        return Response(json: ["models": .list(models)])
    }

    func copy(_ request: Request) async throws -> Response {
        let fields = try await self.fields(request)
        guard let source = try fields.string("source"), let destination = try fields.string("destination") else {
            throw APIError.invalid(nil, "source or destination is missing: give the names of a model and of its copy")
        }
        try await self.server.models.copy(source, to: destination)
        return Response(status: .ok)
    }

    func delete(_ request: Request) async throws -> Response {
        guard let name = try OllamaRequest.model(try await self.fields(request)) else {
            throw APIError.invalid("model", "model is missing: give the name of the model to remove")
        }
        try await self.server.models.delete(name)
        return Response(status: .ok)
    }

    private static let century = 100.0 * 365 * 86_400

    /// Reads headers that were not read before, which blocks.
    func available() async throws -> [AvailableModel] {
        try await InferenceThread.performOnce(name: "mullama-models") { [models = self.server.models] in try models.available() }
    }
}
