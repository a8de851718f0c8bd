import ChatTemplates
import Foundation
import Hummingbird
import Mullama

/// `/v1/models`: what requests can name.
struct ModelsAPI: Sendable {
    private static let path = "/v1/models"

    let server: ServerState

    var routes: [Route] {
        [
            Route(.get, Self.path, .infer, "List the models.") { _, _ in try await self.list() },
            Route(.get, Self.path + "/{id...}", .infer, "Describe a model.") { request, _ in try await self.describe(request) },
        ]
    }

    private func list() async throws -> Response {
        let loaded = self.server.models.loaded
        let models = try await self.reading { models in try models.available().map { ModelDescription($0, loaded).json } }
        return Response(json: ["object": "list", "data": .list(models)])
    }

    private func describe(_ request: Request) async throws -> Response {
        // Names may have slashes, which some clients write as such and some do not.
        let name = String(request.uri.path.dropFirst(Self.path.utf8.count + 1))
        let model = try await self.reading { models in
            let reference = try models.resolve(name.removingPercentEncoding ?? name)
            guard let model = try models.available().first(where: { $0.reference.key == reference.key }) else {
                throw MullamaError(.modelNotFound, "the file of \(reference.name) is not there any more")
            }
            return model
        }
        return Response(json: ModelDescription(model, self.server.models.loaded).json)
    }

    /// The store blocks, so it is read on a thread of its own.
    private func reading<R: Sendable>(_ body: @escaping @Sendable (ModelRegistry) throws -> R) async throws -> R {
        let models = self.server.models
        return try await InferenceThread.performOnce(name: "mullama-store") { try body(models) }
    }
}
