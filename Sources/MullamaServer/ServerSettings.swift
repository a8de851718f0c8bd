import Mullama

/// How a server behaves towards its clients.
struct ServerSettings: Sendable {
    /// The most bytes of a request's body.
    var bodyLimit = 32 << 20
    /// After this long without a part of the answer, a stream gets a sign of life.
    var heartbeat: Duration = .seconds(5)
}
