import ChatTemplates
import Mullama

/// Where the time of a request went, as far as it is known.
struct ServerTiming: Sendable, Hashable {
    /// Waiting for the model.
    var load: Duration?
    var timings: Timings?

    init(load: Duration?, timings: Timings?) {
        self.load = load
        self.timings = timings
    }

    init(_ request: LoggedRequest) {
        self.init(load: request.loadTime, timings: request.timings)
    }

    private var parts: [(name: String, time: Duration)] {
        [
            ("load", self.load), ("queue", self.timings?.queued), ("prefill", self.timings?.prefill), ("decode", self.timings?.decode),
        ].compactMap { name, time in time.map { (name, $0) } }
    }

    /// The header of the same name (W3C Server Timing), in milliseconds; nil where nothing is known.
    var header: String? {
        let parts = self.parts.map { "\($0.name);dur=\($0.time.milliseconds)" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// `{"queue_ms": …}`, for answers in JSON.
    var json: TemplateValue {
        var fields = TemplateDictionary()
        for (name, time) in self.parts { fields["\(name)_ms"] = .double(time.milliseconds) }
        return .dictionary(fields)
    }
}

extension Duration {
    /// To the microsecond.
    var milliseconds: Double { (self / .microseconds(1)).rounded() / 1000 }
}
