/// Who a figure is of.
enum Side: String, Codable, Sendable, CaseIterable {
    case server = "llama-server"
    case tunedServer = "llama-server, best flags"
    case ours = "Mullama"
    case daemon = "mullama serve"
    case tunedDaemon = "mullama serve, flash attention"
    case oursUnlimited = "Mullama, maxStall off"
    case oursPlain = "Mullama, everything off"
    case bareLoop = "bare llama_decode loop"

    var name: String { self.rawValue }

    /// Whether it computes in a process of its own.
    var isServer: Bool {
        switch self {
        case .server, .tunedServer, .daemon, .tunedDaemon: true
        case .ours, .oursUnlimited, .oursPlain, .bareLoop: false
        }
    }
}
