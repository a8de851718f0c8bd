import Synchronization

/// What is found out about a request while it is answered, for who looks at the answer from outside. Contexts are copied on their way in.
final class RequestNotes: Sendable {
    private struct State {
        var route: String?
        var keyName: String?
        var client: ClientSignal?
        var error: APIError?
        var entry: RequestLog.Entry?
    }

    private let state = Mutex(State())

    /// The pattern of its route; nil if there is none at its path.
    var route: String? {
        get { self.state.withLock { $0.route } }
        set { self.state.withLock { $0.route = newValue } }
    }

    /// The name of its key.
    var keyName: String? {
        get { self.state.withLock { $0.keyName } }
        set { self.state.withLock { $0.keyName = newValue } }
    }

    /// Tells when the client is gone.
    var client: ClientSignal? {
        get { self.state.withLock { $0.client } }
        set { self.state.withLock { $0.client = newValue } }
    }

    /// Why it was refused or failed.
    var error: APIError? {
        get { self.state.withLock { $0.error } }
        set { self.state.withLock { $0.error = newValue } }
    }

    /// Its place in the log, if it asks for answers of a model.
    var entry: RequestLog.Entry? {
        get { self.state.withLock { $0.entry } }
        set { self.state.withLock { $0.entry = newValue } }
    }
}
