import Foundation
import Logging
import ModelStore
import Mullama
import MullamaServer
import Synchronization

/// A server from its start to its end.
struct ServeRun: Sendable {
    let configuration: ServeConfiguration

    /// Serves until a signal comes.
    ///
    /// - Throws: ``MullamaError`` if it cannot begin, or its default model cannot be loaded.
    func run() throws {
        let stage = ServeStage()
        defer { LineLogHandler.flush() }
        try Interruption.shared.serve({ stage.end(grace: self.configuration.grace) }, { try await self.serve(stage) })
    }

    private func serve(_ stage: ServeStage) async throws {
        let store = ModelStore()
        let names = try self.names(store)
        let models = try ModelRegistry(
            named: names.map { NamedModel($0) },
            params: try self.params(default: names.first),
            store: store,
            memoryBudget: self.configuration.memoryBudget,
            keepAlive: self.configuration.keepAlive
        )
        let plan = try await models.plan()
        try plan.validate()
        let settings = try self.settings()
        let log = self.logger()
        let (addresses, lock) = try await self.addresses(log)
        let server = MullamaServer(
            addresses,
            // Nobody asked for a socket by name: without it, too, there is a server.
            dispensable: self.configuration.isSocketGiven ? [] : addresses.filter { if case .unix = $0 { true } else { false } },
            models: models,
            settings: settings,
            grace: self.configuration.grace,
            logger: log
        ) { bound in
            await self.announce(bound, plan, log)
            if bound.count < addresses.count { lock?.release() }
            let record = DaemonRecord(
                pid: getpid(),
                started: .now,
                addresses: bound.map(\.description),
                grace: self.configuration.grace.inSeconds
            )
            try? lock?.write(record)
            if !names.isEmpty { stage.load(models) }
        }
        guard stage.begin(server) else { return }
        try await server.run()
        if let failure = stage.failure { throw failure }
        log.notice("the server has ended")
    }

    // MARK: Parts

    /// The models that were named, or the store's if it has one alone: then it is clear what a request without a name means.
    private func names(_ store: ModelStore) throws -> [String] {
        guard self.configuration.models.isEmpty else { return self.configuration.models }
        do {
            let stored = try store.models()
            return stored.count == 1 ? stored.map(\.name.description) : []
        } catch {
            throw MullamaError(error)
        }
    }

    private func params(default name: String?) throws -> ModelParams {
        try self.configuration.params {
            guard let name else { return ModelParams().parallel }
            let params = self.configuration.params { 1 }
            return try MemoryEstimate.recommendedParallel(
                modelAt: StoreAccess.resolve(name).url,
                contextSize: params.contextSize,
                cacheType: params.cacheType,
                threads: params.threads,
                memory: self.configuration.memoryBudget
            )
        }
    }

    private func settings() throws -> ServerSettings {
        var settings = self.configuration.serverSettings
        settings.keys = try self.configuration.apiKeyFile.map { try KeyRing(contentsOf: $0) }
        return settings
    }

    /// Where it listens, and the lock of its socket.
    private func addresses(_ log: Logger) async throws -> ([ListenAddress], DaemonLock?) {
        let tcp = ListenAddress.tcp(host: self.configuration.host, port: self.configuration.port)
        guard case .path(let path, let isStandard) = self.configuration.socket else { return ([tcp], nil) }
        let record = DaemonPaths.record(of: path)
        let lock: DaemonLock?
        do {
            lock = try DaemonLock.take(record)
        } catch {
            guard !self.configuration.isSocketGiven else { throw error }
            log.warning("\(MullamaServer.withoutSocket)", metadata: ["socket": "\(path)", "reason": "\(error.message)"])
            return ([tcp], nil)
        }
        if let lock { return ([tcp, .unix(path: path)], lock) }
        let holder = DaemonLock.holder(record).map { " (process \($0))" } ?? ""
        guard isStandard else {
            throw MullamaError(.ioFailed, "another server\(holder) has the socket \(path): stop it, or choose another path with --socket")
        }
        try? await Output.error.send("mullama: another server\(holder) has the socket \(path): this one goes without\n")
        return ([tcp], nil)
    }

    private func logger() -> Logger {
        let (format, level) = (self.configuration.logFormat, self.configuration.logLevel)
        // As `mullama daemon start` has it.
        LineLogHandler.rotate(DaemonPaths.current.log, beyond: Int(DaemonLog.longest))
        // For what the packages below log by themselves.
        LoggingSystem.bootstrap { _ in LineLogHandler(format, level: level) }
        return Logger(label: "mullama")
    }

    /// Tells what is served and where; a reader that has gone is no reason not to serve.
    private func announce(_ addresses: [ListenAddress], _ plan: ServePlan, _ log: Logger) async {
        switch self.configuration.logFormat {
        case .text: try? await Output.error.send(plan.text + "\n")
        case .json: log.notice("\(plan.text)")
        }
        try? await Output.standard.send(addresses.map { "\($0)\n" }.joined())
    }
}
