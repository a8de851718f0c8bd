import Mullama
import Synchronization

enum KeepAlive: Sendable, Hashable {
    case forever
    case duration(Duration)
}

struct ModelReference: Sendable, Hashable {
    var name: String
}

final class ModelLease: Sendable {
    let model: AsyncModel
    let reference: ModelReference
    let loadTime: Duration

    init(model: AsyncModel, reference: ModelReference, loadTime: Duration) {
        self.model = model
        self.reference = reference
        self.loadTime = loadTime
    }

    func release() {}
}

final class ModelRegistry: Sendable {
    private let models: [String: AsyncModel]
    private let first: String?

    init(models: [(String, AsyncModel)]) {
        self.models = Dictionary(models) { first, _ in first }
        self.first = models.first?.0
    }

    func resolve(_ name: String?) throws -> ModelReference {
        guard let name = name ?? self.first, self.models[name] != nil else {
            throw MullamaError(.modelNotFound, "there is no model \(name ?? "")")
        }
        return ModelReference(name: name)
    }

    func lease(_ name: String?, keepAlive: KeepAlive? = nil) async throws -> ModelLease {
        let reference = try self.resolve(name)
        return ModelLease(model: self.models[reference.name]!, reference: reference, loadTime: .zero)
    }
}
