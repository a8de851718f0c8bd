import ChatTemplates

/// What a daemon says of whether it takes requests.
struct DaemonReadiness: Equatable {
    var isReady: Bool
    /// Why not, for programs.
    var reason: String?
    /// Why not, for people.
    var message: String?

    /// Whether it will be ready by itself, with time.
    var isStarting: Bool { self.reason == "starting" }

    init(isReady: Bool, _ value: TemplateValue?) {
        func text(_ name: String) -> String? {
            guard case .dictionary(let fields)? = value, case .string(let text)? = fields[name] else { return nil }
            return text
        }
        self.isReady = isReady
        self.reason = text("reason")
        self.message = text("message")
    }
}
