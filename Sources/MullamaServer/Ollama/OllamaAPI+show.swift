import Foundation
import Hummingbird
import ModelStore
import Mullama

extension OllamaAPI {
    func show(_ request: Request) async throws -> Response {
        let fields = try await self.fields(request)
        let name = try OllamaRequest.model(fields)
        let isVerbose = try fields.boolean("verbose") ?? false
        let models = self.server.models
        let loaded = models.loaded
        return try await InferenceThread.performOnce(name: "mullama-show") {
            let reference = try models.resolve(name)
            let model = loaded.first { $0.reference.key == reference.key }?.model
            do {
                let header = try GGUFHeader(contentsOf: reference.url)
                let description = OllamaDescription(
                    name: reference.name,
                    header: header,
                    modified: try models.available().first { $0.reference == reference }?.modified ?? .distantPast,
                    license: Self.license(of: reference, in: models.catalog.store) ?? header.license,
                    contextSize: model.map { AsyncContext($0).contextSize } ?? models.params.contextSize,
                    supportsInfill: model?.supportsInfill
                )
                return Response(json: try description.json(isVerbose: isVerbose))
            } catch let error as ModelStoreError {
                throw MullamaError(error)
            }
        }
    }

    /// What was noted when the model was brought in.
    private static func license(of reference: ModelReference, in store: ModelStore) -> String? {
        guard reference.digest != nil, let name = try? ModelName(parsing: reference.name, catalogue: store.catalogue) else { return nil }
        return try? store.model(named: name)?.license
    }
}
