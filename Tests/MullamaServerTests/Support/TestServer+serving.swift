import Logging
import ServiceLifecycle
import Synchronization

@testable import MullamaServer

/// A server that runs as the daemon does.
struct RunningServer {
    let server: MullamaServer
    let addresses: [ListenAddress]
    let group: ServiceGroup

    var state: ServerState { self.server.state }

    var port: Int {
        for case .tcp(_, let port) in self.addresses { return port }
        return 0
    }

    func connect(reads: Bool = true) async throws -> RawConnection {
        try await RawConnection(port: self.port, reads: reads)
    }
}

extension TestServer {
    static let loopback = ListenAddress.tcp(host: "127.0.0.1", port: 0)

    /// Runs the whole server in a service group, and ends it.
    func serve<R: Sendable>(
        _ addresses: [ListenAddress] = [Self.loopback],
        dispensable: [ListenAddress] = [],
        grace: Duration = .seconds(20),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: (RunningServer) async throws -> R
    ) async throws -> R {
        let (listening, sink) = AsyncStream<[ListenAddress]>.makeStream()
        let server = MullamaServer(
            addresses,
            dispensable: dispensable,
            models: self.state.models,
            settings: self.state.settings,
            grace: grace,
            logger: logger
        ) { sink.yield($0) }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger
            )
        )
        let run = Task {
            defer { sink.finish() }
            try await group.run()
        }
        var iterator = listening.makeAsyncIterator()
        guard let bound = await iterator.next() else {
            try await run.value
            throw CancellationError()
        }
        do {
            let result = try await body(RunningServer(server: server, addresses: bound, group: group))
            server.drain(grace: .zero)
            try await run.value
            return result
        } catch {
            server.drain(grace: .zero)
            _ = await run.result
            throw error
        }
    }
}
