import ChatTemplates
import Mullama

/// Whether a server can take a request. It can where the default model is not in memory but can be loaded: nobody would ever ask for it else.
enum Readiness: Sendable, Hashable {
    enum Obstacle: String, Sendable, Hashable {
        /// The first load of the default model has not ended.
        case starting
        case draining
        case modelLoadFailed = "model_load_failed"
        case modelNotFound = "model_not_found"
        case engineStalled = "engine_stalled"
    }

    /// Where the default model is.
    enum Presence: String, Sendable, Hashable {
        case loaded, loading, unloading
        /// Its next request loads it.
        case unloaded
    }

    /// What is known of a default model.
    struct Model {
        var name: String
        /// Nil if it is not in memory.
        var state: LoadedModel.State?
        /// Whether a first load of the default model has ended.
        var hasStarted: Bool
        /// Whether its last load failed, not long ago.
        var hasFailed: Bool
    }

    /// The model that answers by default; nil if there is none.
    case ready(model: String?, Presence?)
    case waiting(Obstacle, String, retryAfter: Duration)

    /// A step takes milliseconds, and some seconds where the cache is made anew. What takes longer than this hangs.
    static let longestStep = Duration.seconds(30)

    static let draining = Self.waiting(
        .draining,
        "the server is shutting down and takes no new requests: ask another one",
        retryAfter: .seconds(30)
    )
    static let modelNotFound = Self.waiting(
        .modelNotFound,
        "the default model is not in the store any more: import it again, or restart the server with another one",
        retryAfter: .seconds(30)
    )

    /// Of a server that is not shutting down.
    init(_ model: Model) {
        let name = model.name
        if case .ready(let loaded) = model.state {
            guard let busy = loaded.busyTime, busy > Self.longestStep else {
                self = .ready(model: name, .loaded)
                return
            }
            self = .waiting(
                .engineStalled,
                "the engine of \(name) has been at one step for \(Int(busy / .seconds(1))) s: if that goes on, restart the server",
                retryAfter: .seconds(10)
            )
        } else if model.hasFailed {
            self = .waiting(.modelLoadFailed, "the model \(name) could not be loaded: the log says why", retryAfter: .seconds(10))
        } else if !model.hasStarted {
            var progress = 0.0
            if case .loading(let part) = model.state { progress = part }
            self = .waiting(
                .starting,
                "the model \(name) is being loaded for the first time: \(Int(progress * 100)) % are done",
                retryAfter: .seconds(2)
            )
        } else {
            let presence: Presence =
                switch model.state {
                case .loading: .loading
                case .unloading: .unloading
                case .ready, nil: .unloaded
                }
            self = .ready(model: name, presence)
        }
    }

    var json: TemplateValue {
        switch self {
        case .ready(let model, let presence):
            var fields: TemplateDictionary = ["status": "ready", "model": model.map { .string($0) } ?? .none]
            fields["model_state"] = presence.map { .string($0.rawValue) }
            return .dictionary(fields)
        case .waiting(let obstacle, let message, _):
            return ["status": "not_ready", "reason": .string(obstacle.rawValue), "message": .string(message)]
        }
    }
}
