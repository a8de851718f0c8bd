import Mullama
import Synchronization

/// Knows whether a server's default model stands in the way of requests: the lock around ``DefaultLoads``.
final class DefaultModelWatch: Sendable {
    private let loads = Mutex(DefaultLoads())

    func take(_ event: ModelEvent, in models: ModelRegistry) {
        guard let model = try? models.resolve(nil) else { return }
        self.loads.withLock { $0.take(event, default: model, now: .now) }
    }

    /// Reads a small file of the store: what the default name leads to may change.
    func readiness(_ models: ModelRegistry) -> Readiness {
        guard models.catalog.hasDefault else { return .ready(model: nil, nil) }
        guard let model = try? models.resolve(nil) else { return .modelNotFound }
        let state = models.loaded.first { $0.reference.key == model.key }?.state
        return self.loads.withLock { loads in
            Readiness(
                Readiness.Model(
                    name: model.name,
                    state: state,
                    hasStarted: loads.hasStarted,
                    hasFailed: loads.hasFailed(model.key, now: .now)
                )
            )
        }
    }
}
