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
    let refusals: RefusalLog

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let signal = ClientSignal()
        let count = self.connections.opened(channel, signal)
        let isLocal = if case .unixDomainSocket = channel.localAddress { true } else { false }
        if !isLocal { self.notice(deadPeersOf: channel) }
        return self.base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let connectionGuard = ConnectionGuard(
                limits: self.limits,
                signal: signal,
                bodyLimit: self.bodyLimit,
                // The server's owner gets in to see what keeps it so busy.
                admittance: isLocal ? .admitted : self.admittance(count),
                isDraining: self.connections.isDraining,
                now: channel.eventLoop.now,
                onRefusal: { [refusals] problem, id in refusals.note(problem, id: id) }
            )
            try pipeline.addHandler(ByteWatch(connectionGuard), position: .before(parser))
            try pipeline.addHandler(connectionGuard, position: .after(parser))
            return value
        }
    }

    /// - Parameter count: How many connections there are with this one.
    private func admittance(_ count: Int) -> ConnectionGuard.Admittance {
        if count <= self.limits.connections { return .admitted }
        return count - self.limits.connections <= self.limits.refusedConnections ? .refused : .dropped
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await self.base.handle(value: value, logger: logger)
    }

    /// Has the system ask a peer that has been silent for a minute whether it is still there: one that lost its power or its network says
    /// nothing.
    private func notice(deadPeersOf channel: any Channel) {
        var options: [(ChannelOptions.Types.SocketOption, ChannelOptions.Types.SocketOption.Value)] = [
            (.init(level: .socket, name: .so_keepalive), 1), (.init(level: .tcp, name: .tcp_nodelay), 1),
        ]
        #if os(Linux)
        // The last says for how long it may be silent, whether it was sent something or only asked, instead of a number of questions.
        let silence = Int(self.limits.send / .milliseconds(1))
        options += [(TCP_KEEPIDLE, 60), (TCP_KEEPINTVL, 10), (TCP_USER_TIMEOUT, silence)].map {
            (.init(level: .tcp, name: .init(rawValue: CInt($0))), .init($1))
        }
        #else
        options.append((.init(level: .tcp, name: .init(rawValue: TCP_KEEPALIVE)), 60))
        #endif
        for (option, value) in options { channel.setOption(option, value: value).whenFailure { _ in } }
    }
}
