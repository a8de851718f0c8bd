import Mullama

/// How a server behaves towards its clients.
package struct ServerSettings: Sendable {
    /// The most bytes of a request's body.
    package var bodyLimit = 32 << 20
    /// The most bytes of the bodies of all requests that are on their way, together. One body is always taken.
    package var bodyMemory = 256 << 20
    /// The most answers to one request: its prompts times their choices.
    package var answerLimit = 1024
    /// The most texts of one request for embeddings.
    package var embeddingLimit = 2048
    /// After this long without a part of the answer, a stream gets a sign of life.
    package var heartbeat: Duration = .seconds(5)
    /// How often a stream tells of progress, if it was asked to.
    package var progressInterval: Duration = .milliseconds(500)
    /// Answers of one model that may wait for a slot. The next request is refused at once.
    package var queueLimit = 512
    /// Answers on their way at the same time, running or waiting, of all models; nil for no limit.
    package var concurrencyLimit: Int?
    /// The same for requests with one key.
    package var keyConcurrencyLimit: Int?
    /// Who is let in; nil for everybody.
    package var keys: KeyRing?
    /// Hosts that requests may name beside this machine's own addresses.
    package var hosts: [String] = []
    /// Origins of pages in browsers that may use the server, such as `https://chat.example.com`; `*` for all.
    package var origins: [String] = []
    package var connection = ConnectionLimits()

    package init() {}
}
