import Mullama

/// Where the time of a request went, as far as it is known.
struct ServerTiming: Sendable, Hashable {
    /// Waiting for the model.
    var load: Duration?
    var timings: Timings?
    /// Computing embeddings.
    var embedding: Duration?

    init(load: Duration?, timings: Timings?, embedding: Duration? = nil) {
        self.load = load
        self.timings = timings
        self.embedding = embedding
    }

    init(_ request: LoggedRequest) {
        self.init(load: request.loadTime, timings: request.timings, embedding: request.embedding?.duration)
    }

    /// The header of the same name (W3C Server Timing), in milliseconds; nil where nothing is known.
    var header: String? {
        let parts = [
            ("load", self.load), ("queue", self.timings?.queued), ("prefill", self.timings?.prefill), ("decode", self.timings?.decode),
            ("embed", self.embedding),
        ].compactMap { name, time in time.map { "\(name);dur=\($0.milliseconds)" } }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

extension Duration {
    /// To the microsecond.
    var milliseconds: Double { (self / .microseconds(1)).rounded() / 1000 }
}
