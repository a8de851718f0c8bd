import NIOCore
import Synchronization

/// The connections that are open, of all addresses of a server.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: (channel: any Channel, client: ClientSignal)] = [:]
        var isDraining = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var count: Int { self.state.withLock { $0.channels.count } }

    var channels: [any Channel] { self.state.withLock { $0.channels.values.map(\.channel) } }

    /// Whether connections end with the answer that they wait for.
    var isDraining: Bool { self.state.withLock { $0.isDraining } }

    /// Counts a connection as long as it is open.
    ///
    /// - Parameter client: Told when the client goes.
    /// - Returns: How many there are now.
    func opened(_ channel: any Channel, _ client: ClientSignal) -> Int {
        let id = ObjectIdentifier(channel)
        let count = self.state.withLock { state in
            state.channels[id] = (channel, client)
            return state.channels.count
        }
        channel.closeFuture.whenComplete { _ in self.closed(id) }
        return count
    }

    /// Tells when the client of a connection goes, or that it has gone.
    func client(of channel: any Channel) -> ClientSignal {
        if let client = self.state.withLock({ $0.channels[ObjectIdentifier(channel)]?.client }) { return client }
        let client = ClientSignal()
        client.fire()
        return client
    }

    /// Ends each connection when it has been answered, at once if it waits for nothing.
    func drain() {
        self.state.withLock { $0.isDraining = true }
        for channel in self.channels { channel.pipeline.fireUserInboundEventTriggered(ConnectionGuard.Event.drain) }
    }

    /// Cuts all connections.
    func closeAll() {
        for channel in self.channels { channel.close(mode: .all, promise: nil) }
    }

    /// Waits until all connections have ended.
    func empty() async {
        await withCheckedContinuation { waiter in
            let isEmpty = self.state.withLock { state in
                guard !state.channels.isEmpty else { return true }
                state.waiters.append(waiter)
                return false
            }
            if isEmpty { waiter.resume() }
        }
    }

    private func closed(_ id: ObjectIdentifier) {
        let waiters = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.channels[id] = nil
            guard state.channels.isEmpty else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
