import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import MullamaServer

/// Takes the end of the sending side for what it is: the channel of tests would close both.
private final class HalfClose: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
    }
}

/// One connection without a network, whose time passes when a test says so.
private final class TestConnection {
    let channel = EmbeddedChannel()
    let signal = ClientSignal()
    private(set) var refusals: [ConnectionProblem] = []

    /// - Parameter parses: Whether it takes bytes; else it takes parts of requests.
    init(parses: Bool = false) throws {
        let connection = ConnectionGuard(
            limits: ConnectionLimits(),
            signal: self.signal,
            bodyLimit: 1000,
            now: self.channel.embeddedEventLoop.now,
            onRefusal: { [weak self] problem, _ in self?.refusals.append(problem) }
        )
        let pipeline = self.channel.pipeline.syncOperations
        try pipeline.addHandler(HalfClose())
        if parses {
            try pipeline.addHandler(ByteWatch(connection))
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        }
        try pipeline.addHandler(connection)
        self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    deinit {
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    func send(_ text: String) throws {
        try self.channel.writeInbound(ByteBuffer(string: text))
    }

    /// A whole request comes, or its head alone.
    func ask(_ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:], isWhole: Bool = true) throws {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        try self.channel.writeInbound(HTTPServerRequestPart.head(head))
        if isWhole { try self.channel.writeInbound(HTTPServerRequestPart.end(nil)) }
    }

    func answer(_ headers: HTTPHeaders = [:]) {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        self.channel.write(HTTPServerResponsePart.head(head), promise: nil)
        self.channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        self.channel.embeddedEventLoop.run()
    }

    func pass(_ time: TimeAmount) {
        self.channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// The paths of the requests that were let through since the last look.
    func requests() throws -> [String] {
        var paths: [String] = []
        while let part = try self.channel.readInbound(as: HTTPServerRequestPart.self) {
            if case .head(let head) = part { paths.append(head.uri) }
        }
        return paths
    }

    /// The statuses that were sent since the last look.
    func statuses() throws -> [UInt] {
        var statuses: [UInt] = []
        while let part = try self.channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .head(let head) = part { statuses.append(head.status.code) }
        }
        return statuses
    }
}

@Suite("A connection's guard")
struct ConnectionGuardTests {
    @Test("One request is let through at a time, in their order")
    func oneAtATime() throws {
        let connection = try TestConnection()
        for path in ["/a", "/b", "/c"] { try connection.ask(.GET, path) }
        #expect(try connection.requests() == ["/a"])
        connection.answer()
        #expect(try connection.requests() == ["/b"])
        connection.answer()
        #expect(try connection.requests() == ["/c"])
        try connection.ask(.GET, "/d")
        #expect(try connection.requests() == [])
        connection.answer()
        #expect(try connection.requests() == ["/d"])
        connection.answer()
        #expect(try connection.statuses() == [200, 200, 200, 200])
        try connection.ask(.GET, "/e")
        #expect(try connection.requests() == ["/e"])
    }

    @Test("What is behind an answer that ends the connection is not let through")
    func behindTheEnd() throws {
        let connection = try TestConnection()
        try connection.ask(.GET, "/a")
        try connection.ask(.DELETE, "/b")
        #expect(try connection.requests() == ["/a"])
        connection.answer(["Connection": "close"])
        #expect(try connection.requests() == [])
        try connection.ask(.DELETE, "/c")
        #expect(try connection.requests() == [])
    }

    @Test("A client that sends no more gets the answers to all that it has sent")
    func endOfSending() throws {
        let connection = try TestConnection()
        try connection.ask(.GET, "/a")
        try connection.ask(.GET, "/b")
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(connection.signal.isGone)
        #expect(try connection.requests() == ["/a"])
        connection.answer()
        #expect(try connection.requests() == ["/b"])
    }

    @Test("A client that asks behind another request whether to go on with its body is told so when its turn comes")
    func expectContinue() throws {
        let connection = try TestConnection()
        try connection.ask(.GET, "/a")
        try connection.ask(.POST, "/b", ["Expect": "100-continue", "Content-Length": "5"], isWhole: false)
        connection.answer()
        #expect(try connection.requests() == ["/a", "/b"])
        connection.channel.triggerUserOutboundEvent(ConnectionGuard.Event.wantsBody, promise: nil)
        #expect(try connection.statuses() == [200, 100])
        try connection.channel.writeInbound(HTTPServerRequestPart.end(nil))
        connection.answer()
        #expect(try connection.statuses() == [200])
    }

    @Test("Nothing more is read while requests are held")
    func backPressure() throws {
        final class Reads: ChannelOutboundHandler {
            typealias OutboundIn = HTTPServerResponsePart
            var count = 0
            func read(context: ChannelHandlerContext) {
                self.count += 1
                context.read()
            }
        }
        let connection = try TestConnection()
        let reads = Reads()
        try connection.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try connection.ask(.GET, "/a")
        connection.channel.read()
        #expect(reads.count == 1)
        try connection.ask(.GET, "/b")
        connection.channel.read()
        #expect(reads.count == 1)
        connection.answer()
        #expect(reads.count == 2)
    }

    @Test("A head that has begun and does not end is answered, nothing is not")
    func heads() throws {
        let silent = try TestConnection(parses: true)
        silent.pass(.seconds(10))
        #expect(!silent.channel.isActive)
        #expect(try silent.statuses() == [])

        let slow = try TestConnection(parses: true)
        try slow.send("GET / HT")
        slow.pass(.seconds(10))
        #expect(try slow.statuses() == [408])
        #expect(slow.refusals == [.headTimedOut])

        let later = try TestConnection(parses: true)
        try later.send("GET / HTTP/1.1\r\n\r\n")
        later.answer()
        later.pass(.seconds(70))
        try later.send("GE")
        later.pass(.seconds(5))
        #expect(try later.statuses() == [200, 408])

        let idle = try TestConnection(parses: true)
        try idle.send("GET / HTTP/1.1\r\n\r\n")
        idle.answer()
        idle.pass(.seconds(75))
        #expect(try idle.statuses() == [200])
        #expect(!idle.channel.isActive)
    }

    @Test("A large answer that is taken slowly is let go on, one that is not taken is not")
    func slowReader() throws {
        let connection = try TestConnection()
        try connection.ask(.GET, "/a")
        let channel = connection.channel
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(repeating: 0x61, count: 600_000))), promise: nil)
        connection.pass(.seconds(100))
        channel.flush()
        connection.pass(.seconds(100))
        #expect(channel.isActive)
        var sizes: [Int] = []
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .body(.byteBuffer(let bytes)) = part { sizes.append(bytes.readableBytes) }
        }
        #expect(sizes.reduce(0, +) == 600_000)
        #expect(sizes.count == 3)
        connection.pass(.seconds(20))
        #expect(!channel.isActive)
    }
}
