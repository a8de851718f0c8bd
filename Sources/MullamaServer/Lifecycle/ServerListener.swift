import Hummingbird
import Logging
import Mullama
import NIOCore
import ServiceLifecycle

/// One address that a server listens at.
struct ServerListener: Sendable {
    /// The address with the port that it got.
    let address: ListenAddress
    private let group: ServiceGroup
    private let task: Task<Void, any Error>
    private let file: SocketFile?

    /// Returns when it listens.
    ///
    /// - Parameter onFailure: Called if it stops listening by itself later.
    /// - Throws: ``MullamaError/Code/ioFailed`` with `errno` if it cannot.
    static func start(
        _ address: ListenAddress,
        _ application: ServerApplication,
        _ responder: RouterResponder<ServerContext>,
        logger: Logger,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) async throws -> ServerListener {
        var file: SocketFile?
        if case .unix(let path) = address {
            file = SocketFile(path)
            try await file?.prepare()
        }
        var logger = logger
        // What hummingbird has to tell is for those who look for faults.
        if logger.logLevel == .info { logger.logLevel = .notice }
        let bound = OneShot<(any Channel)>()
        let bind = file.map { BindAddress.unixDomainSocket(path: $0.bindPath) } ?? BindAddress(address)
        let service = application.application(bind, responder: responder, logger: logger) { channel in
            bound.settle(.success(channel))
        }
        let group = ServiceGroup(configuration: .init(services: [service], logger: logger))
        // In a task of its own: a shutdown of the whole reaches it last.
        let task = Task.detached {
            do {
                try await group.run()
            } catch {
                if !bound.settle(.failure(error)) { onFailure(error) }
                throw error
            }
        }
        do {
            let channel = try await bound.value()
            try file?.publish()
            return ServerListener(address: address.bound(to: channel.localAddress), group: group, task: task, file: file)
        } catch {
            file?.clean()
            task.cancel()
            _ = await task.result
            throw error is MullamaError ? error : MullamaError(error, listeningAt: address)
        }
    }

    /// Takes no more connections. Returns when those that are there have ended.
    func stop() async {
        await self.group.triggerGracefulShutdown()
        self.file?.remove()
        _ = await self.task.result
    }
}

extension BindAddress {
    init(_ address: ListenAddress) {
        self =
            switch address {
            case .tcp(let host, let port): .hostname(host, port: port)
            case .unix(let path): .unixDomainSocket(path: path)
            }
    }
}

extension ListenAddress {
    fileprivate func bound(to address: SocketAddress?) -> ListenAddress {
        guard case .tcp(let host, _) = self, let port = address?.port else { return self }
        return .tcp(host: host, port: port)
    }
}
