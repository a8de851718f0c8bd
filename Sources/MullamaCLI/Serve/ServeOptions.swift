import ArgumentParser
import Mullama
import MullamaServer

/// What can be said about a server on the command line. All of it is text here: what it means, and may be, is said in one place for flags, variables
/// and the file.
struct ServeOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            "A model to serve, by its name or path; may be given several times. The first is for requests that name none. All models of the store can be asked for as well.",
            valueName: "name|path"
        ),
        completion: .file(extensions: ["gguf"])
    )
    var model: [String] = []

    @Option(parsing: .unconditional, help: .init("Threads that compute, all requests together.", valueName: "number"))
    var threads: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The most answers of a model that are computed together, 1 to 256 or auto. \(ParallelChoice.explanation).",
            valueName: "number|auto"
        )
    )
    var parallel: String?

    @Option(
        parsing: .unconditional,
        help: .init("Tokens of prompt and answer together, of each request: not divided by --parallel.", valueName: "number")
    )
    var ctxSize: String?

    @Option(parsing: .unconditional, help: .init(CacheType.explanation, valueName: "type"))
    var cacheType: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Whether attention is computed in one piece: on or off. On some processors that is faster; answers then depend on what else is computed.",
            valueName: "on|off"
        )
    )
    var flashAttention: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Whether an answer may depend on what else is computed: strict, relaxed or automatic, which is strict where that costs less than 5 % of the speed.",
            valueName: "how"
        )
    )
    var reproducible: String?

    @Option(
        parsing: .unconditional,
        help: .init("Memory for all models together, such as 8GB; the least recently used are unloaded beyond it.", valueName: "size")
    )
    var memoryBudget: String?

    @Option(
        parsing: .unconditional,
        help: .init("How long a model stays in memory after its last request; -1 for ever, 0 not at all.", valueName: "time")
    )
    var keepAlive: String?

    @Option(
        parsing: .unconditional,
        help: .init("The most answers of a model that may wait; more are refused at once.", valueName: "number")
    )
    var maxQueue: String?

    @Option(parsing: .unconditional, help: .init("The longest that an answer may wait before it is refused.", valueName: "time"))
    var maxWait: String?

    @Option(
        parsing: .unconditional,
        help: .init("The longest that an answer should stand still while prompts of others are computed.", valueName: "time")
    )
    var maxStall: String?

    @Option(
        parsing: .unconditional,
        help: .init("The part of the time that prompts may take while others are answered, 0.05 to 1.", valueName: "part")
    )
    var prefillShare: String?

    @Option(parsing: .unconditional, help: .init("The most answers of all models on their way at the same time.", valueName: "number"))
    var maxConcurrent: String?

    @Option(parsing: .unconditional, help: .init("The same for each API key.", valueName: "number"))
    var maxConcurrentPerKey: String?

    @Option(parsing: .unconditional, help: .init("The largest body of a request, such as 32MiB.", valueName: "size"))
    var maxBody: String?

    @Option(parsing: .unconditional, help: .init("The address to listen at. Only this machine reaches 127.0.0.1.", valueName: "address"))
    var host: String?

    @Option(parsing: .unconditional, help: .init("The port to listen at; 0 takes one that is free.", valueName: "number"))
    var port: String?

    @Option(parsing: .unconditional, help: .init("The socket file for the commands of this user, or none.", valueName: "path|none"))
    var socket: String?

    @Option(
        parsing: .unconditional,
        help: .init("A file of API keys. Without it nobody needs one.", valueName: "path"),
        completion: .file()
    )
    var apiKeyFile: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init("A web page's origin that browsers may call from, or *; may be given several times.", valueName: "origin")
    )
    var corsOrigin: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            "A name that clients may call this machine by, beside localhost and its addresses; may be given several times.",
            valueName: "host"
        )
    )
    var allowedHost: [String] = []

    @Option(parsing: .unconditional, help: .init("How the log on standard error is written: text or json.", valueName: "format"))
    var logFormat: String?

    @Option(
        parsing: .unconditional,
        help: .init("What is logged: trace, debug, info, notice, warning, error or critical.", valueName: "level")
    )
    var logLevel: String?

    @Option(parsing: .unconditional, help: .init("How long answers may go on after SIGTERM or Ctrl+C.", valueName: "time"))
    var grace: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "A JSON file with settings, by the names of these options: {\"port\": 8080, \"model\": [\"smollm2:135m\"]}.",
            valueName: "path"
        ),
        completion: .file(extensions: ["json"])
    )
    var config: String?

    /// What was given.
    var flags: [SettingName: [String]] {
        var flags: [SettingName: [String]] = [:]
        for name in SettingName.allCases {
            let values = self.values(name)
            if !values.isEmpty { flags[name] = values }
        }
        return flags
    }

    /// What was given, for another process.
    var arguments: [String] {
        let settings = SettingName.allCases.flatMap { name in self.values(name).flatMap { [name.flag, $0] } }
        return settings + (self.config.map { ["--config", $0] } ?? [])
    }

    private func values(_ name: SettingName) -> [String] {
        switch name {
        case .model: self.model
        case .threads: [self.threads].compactMap(\.self)
        case .parallel: [self.parallel].compactMap(\.self)
        case .contextSize: [self.ctxSize].compactMap(\.self)
        case .cacheType: [self.cacheType].compactMap(\.self)
        case .flashAttention: [self.flashAttention].compactMap(\.self)
        case .reproducible: [self.reproducible].compactMap(\.self)
        case .memoryBudget: [self.memoryBudget].compactMap(\.self)
        case .keepAlive: [self.keepAlive].compactMap(\.self)
        case .maxQueue: [self.maxQueue].compactMap(\.self)
        case .maxWait: [self.maxWait].compactMap(\.self)
        case .maxStall: [self.maxStall].compactMap(\.self)
        case .prefillShare: [self.prefillShare].compactMap(\.self)
        case .maxConcurrent: [self.maxConcurrent].compactMap(\.self)
        case .maxConcurrentPerKey: [self.maxConcurrentPerKey].compactMap(\.self)
        case .maxBody: [self.maxBody].compactMap(\.self)
        case .host: [self.host].compactMap(\.self)
        case .port: [self.port].compactMap(\.self)
        case .socket: [self.socket].compactMap(\.self)
        case .apiKeyFile: [self.apiKeyFile].compactMap(\.self)
        case .corsOrigin: self.corsOrigin
        case .allowedHost: self.allowedHost
        case .logFormat: [self.logFormat].compactMap(\.self)
        case .logLevel: [self.logLevel].compactMap(\.self)
        case .grace: [self.grace].compactMap(\.self)
        }
    }

    func configuration() throws -> ServeConfiguration {
        try ServeConfiguration(flags: self.flags, file: self.config)
    }
}
