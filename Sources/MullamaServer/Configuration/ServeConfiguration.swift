import Foundation
package import Logging
package import Mullama

/// All settings of a server, from flags, the environment, a file and defaults, in this order.
package struct ServeConfiguration: Sendable {
    /// How many requests are computed together.
    package enum Parallel: Sendable, Hashable {
        case count(Int)
        /// As many as make sense on this machine for the default model.
        case automatic
    }

    package enum Socket: Sendable, Hashable {
        case none
        /// - Parameter isStandard: Whether all programs look for it there: then one that is taken is no reason to give up.
        case path(String, isStandard: Bool)
    }

    private enum Switch: String, CaseIterable {
        case on
        case off
    }

    static let standardParallel = ModelParams().parallel
    package static let fileVariable = "MULLAMA_CONFIG"

    /// As they were written, each with its source, in the order of ``SettingName``.
    package let settings: [Setting]

    package let models: [String]
    package let parallel: Parallel
    /// All but `parallel`.
    private let modelParams: ModelParams
    package let memoryBudget: Int?
    /// Nil for what the registry does by itself.
    package let keepAlive: KeepAlive?
    package let host: String
    package let port: Int
    package let socket: Socket
    /// Whether somebody said where the socket is to be, by whatever means: then one that cannot be made is an error.
    package let isSocketGiven: Bool
    package let apiKeyFile: String?
    /// All but the keys.
    package let serverSettings: ServerSettings
    package let logFormat: LogFormat
    package let logLevel: Logger.Level
    package let grace: Duration

    /// - Parameters:
    ///   - flags: What was given on the command line.
    ///   - file: A file of settings; nil for that of the variable `MULLAMA_CONFIG`, else ``usualFile(environment:)`` if it is there.
    /// - Throws: ``MullamaError`` with `invalidRequest`, which names key, value, source and range; `ioFailed` for the file.
    package init(
        flags: [SettingName: [String]],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        file: String? = nil
    ) throws(MullamaError) {
        let fromVariable = environment[Self.fileVariable].flatMap { $0.isEmpty ? nil : $0 }
        let usual = Self.usualFile(environment: environment).flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
        let reader = try SettingsReader(flags: flags, environment: environment, file: file ?? fromVariable ?? usual)
        self.settings = SettingName.allCases.map { reader.setting($0) }

        self.models = try reader.setting(.model).texts("the name of a model, or a path") { !$0.isEmpty }
        self.parallel = try Self.parallel(reader.setting(.parallel))
        var params = ModelParams()
        params.threads = try reader.setting(.threads).integer(in: 1...512)
        params.contextSize = try reader.setting(.contextSize).integer(in: 1...1 << 24)
        params.cacheType = try reader.setting(.cacheType).choice(CacheType.self) ?? params.cacheType
        params.flashAttention = try reader.setting(.flashAttention).choice(Switch.self).map { $0 == .on }
        params.reproducibility = try reader.setting(.reproducible).choice(Reproducibility.self) ?? params.reproducibility
        params.waitLimit = try reader.setting(.maxWait).duration(allowsZero: false) ?? .seconds(300)
        params.maxStall = try reader.setting(.maxStall).duration(allowsZero: false) ?? params.maxStall
        params.prefillShare = try reader.setting(.prefillShare).number(in: 0.05...1) ?? params.prefillShare
        self.modelParams = params
        self.memoryBudget = try reader.setting(.memoryBudget).bytes()
        self.keepAlive = try Self.keepAlive(reader.setting(.keepAlive))

        self.host = try reader.setting(.host).text("an address or the name of a host") ?? "127.0.0.1"
        self.port = try reader.setting(.port).integer(in: 0...65_535) ?? 8080
        self.socket = try Self.socket(reader.setting(.socket), environment)
        self.isSocketGiven = reader.setting(.socket).source != .standard
        self.apiKeyFile = try reader.setting(.apiKeyFile).text("the path of a file")
        self.serverSettings = try Self.serverSettings(reader)
        self.logFormat = try reader.setting(.logFormat).choice(LogFormat.self) ?? .text
        self.logLevel = try reader.setting(.logLevel).choice(Logger.Level.self) ?? .info
        self.grace = try reader.setting(.grace).duration(allowsZero: true) ?? .seconds(30)
    }

    /// - Parameter automatic: How many are computed together if that is left to the machine.
    package func params(automatic: () throws -> Int) rethrows -> ModelParams {
        var params = self.modelParams
        switch self.parallel {
        case .count(let count): params.parallel = count
        case .automatic: params.parallel = try automatic()
        }
        return params
    }

    /// Where settings are looked for if no file is named: `mullama/serve.json` in `XDG_CONFIG_HOME`, else in `~/.config`.
    package static func usualFile(environment: [String: String]) -> String? {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let folder = variable("XDG_CONFIG_HOME") ?? variable("HOME").map { "\($0)/.config" }
        return folder.map { "\($0)/mullama/serve.json" }
    }

    private static func serverSettings(_ reader: SettingsReader) throws(MullamaError) -> ServerSettings {
        var settings = ServerSettings()
        settings.queueLimit = try reader.setting(.maxQueue).integer(in: 0...1_000_000) ?? settings.queueLimit
        settings.concurrencyLimit = try reader.setting(.maxConcurrent).integer(in: 1...1_000_000)
        settings.keyConcurrencyLimit = try reader.setting(.maxConcurrentPerKey).integer(in: 1...1_000_000)
        settings.bodyLimit = try reader.setting(.maxBody).bytes() ?? settings.bodyLimit
        settings.origins = try reader.setting(.corsOrigin).texts("an origin such as https://example.org, or *", where: Self.isOrigin)
        settings.hosts = try reader.setting(.allowedHost).texts(
            "the name of a host such as example.org, without a port",
            where: Self.isHost
        )
        return settings
    }

    private static func parallel(_ setting: Setting) throws(MullamaError) -> Parallel {
        if setting.values.last == "auto" { return .automatic }
        let range = 1...256
        guard let value = setting.values.last else { return .count(self.standardParallel) }
        guard let count = Int(value), range.contains(count) else { throw setting.refused("\(Setting.wanted(range)), or auto") }
        return .count(count)
    }

    private static func keepAlive(_ setting: Setting) throws(MullamaError) -> KeepAlive? {
        guard let value = setting.values.last else { return nil }
        do {
            return try KeepAlive(parsing: value)
        } catch {
            throw setting.refused("a time such as 300, 5m or 1h30m; -1 keeps models for ever and 0 unloads them at once")
        }
    }

    private static func socket(_ setting: Setting, _ environment: [String: String]) throws(MullamaError) -> Socket {
        guard let value = setting.values.last else {
            return .path(DaemonPaths(environment: environment).socket, isStandard: true)
        }
        guard value != "none" else { return .none }
        guard !value.isEmpty, value.utf8.count <= DaemonPaths.longestSocket else {
            throw setting.refused("none, or a path of at most \(DaemonPaths.longestSocket) bytes")
        }
        // By the variable it is where all programs look, as without it.
        return .path(value, isStandard: setting.source == .environment(SettingName.socket.variable))
    }

    private static func isOrigin(_ text: String) -> Bool {
        guard text != "*" else { return true }
        guard let scheme = text.firstRange(of: "://"), !text[..<scheme.lowerBound].isEmpty else { return false }
        let host = text[scheme.upperBound...]
        return !host.isEmpty && !host.contains { $0 == "/" || $0.isWhitespace || $0 == "," }
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && !text.contains { $0 == "/" || $0.isWhitespace || $0 == "," }
    }
}
