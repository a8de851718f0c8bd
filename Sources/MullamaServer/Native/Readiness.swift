import ChatTemplates
import Mullama

/// Whether a server can begin to answer a request at once.
enum Readiness: Sendable, Hashable {
    enum Obstacle: String, Sendable, Hashable {
        case draining
        case modelLoading = "model_loading"
        case modelUnloading = "model_unloading"
        case modelNotLoaded = "model_not_loaded"
        case engineStalled = "engine_stalled"
    }

    /// The model that answers by default; nil if there is none.
    case ready(model: String?)
    case waiting(Obstacle, String, retryAfter: Duration)

    /// A step takes milliseconds, and some seconds where the cache is made anew. What takes longer than this hangs.
    static let longestStep = Duration.seconds(30)

    /// - Parameters:
    ///   - model: The default one's name; nil if there is none.
    ///   - state: Its state; nil if it is not in memory.
    init(isDraining: Bool, model: String?, state: LoadedModel.State?) {
        if isDraining {
            self = .waiting(.draining, "the server is shutting down and takes no new requests: ask another one", retryAfter: .seconds(30))
            return
        }
        guard let model else {
            self = .ready(model: nil)
            return
        }
        switch state {
        case nil:
            self = .waiting(
                .modelNotLoaded,
                "the model \(model) is not in memory: the first request for it loads it",
                retryAfter: .seconds(5)
            )
        case .loading(let progress):
            self = .waiting(
                .modelLoading,
                "the model \(model) is being loaded: \(Int(progress * 100)) % are done",
                retryAfter: .seconds(2)
            )
        case .unloading:
            self = .waiting(.modelUnloading, "the model \(model) is being unloaded", retryAfter: .seconds(5))
        case .ready(let loaded):
            guard let busy = loaded.busyTime, busy > Self.longestStep else {
                self = .ready(model: model)
                return
            }
            self = .waiting(
                .engineStalled,
                "the engine of \(model) has been at one step for \(Int(busy / .seconds(1))) s: if that goes on, restart the server",
                retryAfter: .seconds(10)
            )
        }
    }

    var json: TemplateValue {
        switch self {
        case .ready(let model): ["status": "ready", "model": model.map { .string($0) } ?? .none]
        case .waiting(let obstacle, let message, _):
            ["status": "not_ready", "reason": .string(obstacle.rawValue), "message": .string(message)]
        }
    }
}
