import NIOCore
import NIOPosix
import Synchronization

/// A client that sends bytes as they are, and sees what comes.
final class RawConnection: Sendable {
    private struct State {
        var received = ""
        var isClosed = false
        var waiters: [(isReached: @Sendable (String, Bool) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private final class Reader: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let state = Mutex(State())

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: Self.unwrapInboundIn(data))
            self.change { $0.received += text }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { self.change { $0.isClosed = true } }
        }

        func channelInactive(context: ChannelHandlerContext) { self.change { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.change { $0.isClosed = true } }

        private func change(_ body: (inout State) -> Void) {
            let woken = self.state.withLock { state in
                body(&state)
                let woken = state.waiters.filter { $0.isReached(state.received, state.isClosed) }
                state.waiters.removeAll { $0.isReached(state.received, state.isClosed) }
                return woken
            }
            for waiter in woken { waiter.continuation.resume() }
        }
    }

    private let channel: any Channel
    private let reader: Reader

    /// - Parameter reads: Whether what comes is taken from the socket.
    init(_ address: SocketAddress, reads: Bool = true) async throws {
        let reader = Reader()
        self.reader = reader
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(reader) }
        // Little is on its way to who does not read.
        if !reads { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: 4096) }
        self.channel = try await bootstrap.connect(to: address).get()
    }

    convenience init(port: Int, reads: Bool = true) async throws {
        try await self.init(SocketAddress(ipAddress: "127.0.0.1", port: port), reads: reads)
    }

    /// What came so far.
    var received: String { self.reader.state.withLock { $0.received } }

    func send(_ text: String) async throws {
        try await self.send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends no more, and goes on reading.
    func endSending() async throws {
        try await self.channel.close(mode: .output)
    }

    func close() async {
        try? await self.channel.close()
    }

    /// Waits until what came contains the text.
    ///
    /// - Returns: All that came; without the text if the other side has closed before.
    @discardableResult
    func receive(_ text: String, count: Int = 1) async -> String {
        await self.until { received, isClosed in isClosed || received.count(of: text) >= count }
    }

    /// Waits until the other side closes.
    func receiveAll() async -> String {
        await self.until { $1 }
    }

    private func until(_ isReached: @escaping @Sendable (String, Bool) -> Bool) async -> String {
        await withCheckedContinuation { continuation in
            let isThere = self.reader.state.withLock { state in
                guard !isReached(state.received, state.isClosed) else { return true }
                state.waiters.append((isReached, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return self.received
    }
}

extension String {
    func count(of text: String) -> Int { self.ranges(of: text).count }
}

extension RawConnection {
    /// Sends a request with a body of JSON.
    func post(_ path: String, _ json: String, headers: [String] = []) async throws {
        let head = ["POST \(path) HTTP/1.1", "Host: localhost", "Content-Length: \(json.utf8.count)"] + headers
        try await self.send(head.joined(separator: "\r\n") + "\r\n\r\n" + json)
    }

    func get(_ path: String, headers: [String] = []) async throws {
        try await self.send((["GET \(path) HTTP/1.1", "Host: localhost"] + headers).joined(separator: "\r\n") + "\r\n\r\n")
    }
}
