import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Hummingbird's connections with a ``ConnectionGuard`` in each.
struct GuardedChannel: ServerChildChannel {
    let base: HTTP1Channel
    let connections: OpenConnections
    let limits: ConnectionLimits
    let bodyLimit: Int

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let signal = ClientSignal()
        let count = self.connections.opened(channel, signal)
        self.notice(deadPeersOf: channel)
        return self.base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let connectionGuard = ConnectionGuard(
                limits: self.limits,
                signal: signal,
                bodyLimit: self.bodyLimit,
                isRefused: count > self.limits.connections,
                isDraining: self.connections.isDraining,
                now: channel.eventLoop.now
            )
            try pipeline.addHandler(connectionGuard, position: .after(parser))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await self.base.handle(value: value, logger: logger)
    }

    /// Has the system ask a peer that has been silent for a minute whether it is still there: one that lost its power or its network says
    /// nothing.
    private func notice(deadPeersOf channel: any Channel) {
        switch channel.localAddress {
        case .v4, .v6: break
        case .unixDomainSocket, nil: return
        }
        var options: [(ChannelOptions.Types.SocketOption, ChannelOptions.Types.SocketOption.Value)] = [
            (.init(level: .socket, name: .so_keepalive), 1), (.init(level: .tcp, name: .tcp_nodelay), 1),
        ]
        #if os(Linux)
        options += [(TCP_KEEPIDLE, 60), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 6)].map {
            (.init(level: .tcp, name: .init(rawValue: CInt($0))), $1)
        }
        #else
        options.append((.init(level: .tcp, name: .init(rawValue: TCP_KEEPALIVE)), 60))
        #endif
        for (option, value) in options { channel.setOption(option, value: value).whenFailure { _ in } }
    }
}
