import Mullama

/// What can be set of a server. Flags, variables and the file share the one name: `--max-queue`, `MULLAMA_MAX_QUEUE`, `"max-queue"`.
package enum SettingName: String, CaseIterable, Sendable, Hashable {
    case model
    case threads
    case parallel
    case contextSize = "ctx-size"
    case cacheType = "cache-type"
    case flashAttention = "flash-attention"
    case reproducible
    case memoryBudget = "memory-budget"
    case keepAlive = "keep-alive"
    case maxQueue = "max-queue"
    case maxWait = "max-wait"
    case maxStall = "max-stall"
    case prefillShare = "prefill-share"
    case maxConcurrent = "max-concurrent"
    case maxConcurrentPerKey = "max-concurrent-per-key"
    case maxBody = "max-body"
    case host
    case port
    case socket
    case apiKeyFile = "api-key-file"
    case corsOrigin = "cors-origin"
    case allowedHost = "allowed-host"
    case logFormat = "log-format"
    case logLevel = "log-level"
    case grace

    /// Whether it takes several values: a flag that is repeated, a list in the file, commas in the variable.
    package var isList: Bool {
        switch self {
        case .model, .corsOrigin, .allowedHost: true
        default: false
        }
    }

    package var flag: String { "--\(self.rawValue)" }

    package var variable: String {
        "MULLAMA_" + self.rawValue.uppercased().replacing("-", with: "_")
    }

    /// What holds where nothing is set, for people.
    package var standard: String {
        switch self {
        case .model: "all of the store"
        case .threads: "one for each core"
        case .parallel: "\(ServeConfiguration.standardParallel)"
        case .contextSize: "4096, or what the model was trained for if that is less"
        case .cacheType: "f16"
        case .flashAttention: "off, unless the cache type needs it or mullama tune has found otherwise"
        case .reproducible: "automatic"
        case .memoryBudget: "nine tenths of what is available at the start"
        case .keepAlive: "5m, and -1 (for ever) for the default model"
        case .maxQueue: "\(ServerSettings().queueLimit)"
        case .maxWait: "5m"
        case .maxStall: "100ms"
        case .prefillShare: "\(ModelParams().prefillShare)"
        case .maxConcurrent, .maxConcurrentPerKey: "no limit"
        case .maxBody: "\(ServerSettings().bodyLimit >> 20)MiB"
        case .host: "127.0.0.1"
        case .port: "8080"
        case .socket: DaemonPaths.current.socket
        case .apiKeyFile: "no keys"
        case .corsOrigin, .allowedHost: "none"
        case .logFormat: "text"
        case .logLevel: "info"
        case .grace: "30s"
        }
    }
}
