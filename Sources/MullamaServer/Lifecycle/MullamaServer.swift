package import Logging
import Mullama
import ServiceLifecycle
import Synchronization

/// The daemon: listens, answers, and shuts down without cutting anybody off.
///
/// A graceful shutdown, of a service group or by ``drain(grace:)``, lets what runs finish within the grace period. Cancelling the task that
/// runs it ends it at once.
package final class MullamaServer: Service {
    private enum Event: Sendable {
        case drain(grace: Duration)
        case drained
        case failed(any Error)
    }

    /// How long the last bytes of answers may take to their clients when everything else has ended.
    private static let flushTime = Duration.seconds(2)
    /// How much longer than the grace period the models may take: a step of the engine, or the end of a load.
    private static let tail = Duration.seconds(10)

    /// What a server says that has to do without its socket.
    package static let withoutSocket =
        "the socket cannot be made, and the server goes without: `mullama run` and others of this user do not find it; choose another path with "
        + "--socket, or none"

    private let addresses: [ListenAddress]
    private let dispensable: Set<ListenAddress>
    let state: ServerState
    private let grace: Duration
    private let logger: Logger
    private let onListening: @Sendable ([ListenAddress]) async -> Void
    private let events: AsyncStream<Event>
    private let sink: AsyncStream<Event>.Continuation

    /// - Parameters:
    ///   - addresses: Where it listens: one or several.
    ///   - dispensable: Sockets among them that it can do without: that it cannot listen there is told in the log.
    ///   - grace: How long what runs may go on after a graceful shutdown has begun.
    ///   - onListening: Called once it listens everywhere, with the addresses and the ports that they got.
    package init(
        _ addresses: [ListenAddress],
        dispensable: [ListenAddress] = [],
        models: ModelRegistry,
        settings: ServerSettings = ServerSettings(),
        grace: Duration = .seconds(30),
        logger: Logger,
        onListening: @escaping @Sendable ([ListenAddress]) async -> Void = { _ in }
    ) {
        var settings = settings
        settings.connection.connections = OpenFiles.allow(connections: settings.connection.connections)
        self.addresses = addresses
        self.dispensable = Set(dispensable)
        self.state = ServerState(settings: settings, models: models)
        self.grace = grace
        self.logger = logger
        self.onListening = onListening
        (self.events, self.sink) = AsyncStream.makeStream()
    }

    /// Serves until it is shut down. To be called once.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed`` with `errno` if it cannot listen; nothing is left behind then. `CancellationError` when the task is
    ///   cancelled: all connections are cut.
    package func run() async throws {
        let listeners = try await self.listen()
        self.warnAboutOpenDoors()
        await self.onListening(listeners.map(\.address))
        let failure = await withGracefulShutdownHandler {
            await self.serve()
        } onGracefulShutdown: {
            self.drain(grace: self.grace)
        }
        self.state.admission.drain()
        self.state.connections.closeAll()
        await Self.wait(Self.flushTime) { await Self.stop(listeners) }
        if let failure { throw failure }
        try Task.checkCancellation()
    }

    /// Begins to shut down: nothing new is taken, what runs may finish within `grace` and is ended then with a reason, and ``run()`` returns. Does
    /// not wait. Called again, the shorter time counts.
    package func drain(grace: Duration) {
        self.state.admission.drain()
        self.sink.yield(.drain(grace: grace))
    }

    // MARK: Parts

    private func listen() async throws -> [ServerListener] {
        let application = ServerApplication(state: self.state, addresses: self.addresses, logger: self.logger)
        let responder = application.responder()
        var listeners: [ServerListener] = []
        do {
            for address in self.addresses {
                try Task.checkCancellation()
                do {
                    let listener = try await ServerListener.start(address, application, responder, logger: self.logger) { [sink] in
                        sink.yield(.failed($0))
                    }
                    listeners.append(listener)
                } catch let error as MullamaError where self.dispensable.contains(address) {
                    self.logger.warning("\(Self.withoutSocket)", metadata: ["reason": "\(error.message)"])
                }
            }
            return listeners
        } catch {
            await Self.stop(listeners)
            throw error
        }
    }

    /// - Returns: Why it had to end, if nobody asked for it.
    private func serve() async -> (any Error)? {
        var isDraining = false
        for await event in self.events {
            switch event {
            case .drain(let grace):
                self.state.connections.drain()
                // Closing them again shortens the time that is left.
                let closing = Task { [models = self.state.models] in await models.close(grace: grace) }
                guard !isDraining else { continue }
                isDraining = true
                self.logger.notice("shutting down", metadata: ["grace": "\(grace)", "answers": "\(self.state.admission.total)"])
                Task {
                    await Self.wait(grace + Self.tail) { await closing.value }
                    await Self.wait(Self.flushTime) { [connections = self.state.connections] in await connections.empty() }
                    self.sink.yield(.drained)
                }
            case .drained: return nil
            case .failed(let error): return error
            }
        }
        return nil
    }

    private func warnAboutOpenDoors() {
        guard self.state.settings.keys == nil else { return }
        for address in self.addresses where !address.isLocal {
            self.logger.warning(
                "anybody who reaches this machine may use and change its models: give clients keys with --api-key-file, or listen at 127.0.0.1",
                metadata: ["address": "\(address)"]
            )
        }
    }

    private static func stop(_ listeners: [ServerListener]) async {
        await withDiscardingTaskGroup { group in
            for listener in listeners { group.addTask { await listener.stop() } }
        }
    }

    /// Waits for something that cannot be cancelled, but not for ever.
    private static func wait(_ limit: Duration, for operation: @escaping @Sendable () async -> Void) async {
        let done = OneShot<Void>()
        let timer = Task {
            if (try? await Task.sleep(for: limit)) != nil { done.settle(.success(())) }
        }
        Task {
            await operation()
            timer.cancel()
            done.settle(.success(()))
        }
        try? await done.value()
    }
}
