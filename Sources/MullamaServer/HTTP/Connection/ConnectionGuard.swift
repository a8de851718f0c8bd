import ChatTemplates
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Holds a connection to its limits, answers in JSON what is no request, closes so that the client gets to read its answer, and tells that
/// the client has gone. It stands between the parser and everything else, and lets one request through at a time.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Event {
        /// The connection ends with the answer that it waits for.
        case drain
        /// A body that the client announces is wanted.
        case wantsBody
    }

    /// Whether there is room for a connection.
    enum Admittance {
        case admitted
        /// It is told that there are too many.
        case refused
        /// There are too many even for that.
        case dropped
    }

    /// A client that takes an answer of megabytes bit by bit is seen to take something whenever so many bytes of it have gone.
    private static let slice = 256 << 10

    private let signal: ClientSignal
    private let bodyLimit: Int
    private let admittance: Admittance
    private let onRefusal: (ConnectionProblem, _ id: String?) -> Void
    private var state: ConnectionState
    private var held = HeldParts()
    /// Whether more is wanted from the client once nothing is held.
    private var wantsRead = false
    /// Parts of requests that have come.
    private(set) var parts = 0
    private var timer: Scheduled<Void>?
    private var timerTime = Duration.zero
    /// Whether the request that is let through waits to be told to go on with its body.
    private var expectsContinue = false
    /// Whether it is of HTTP/1.0, which knows no chunks.
    private var isOld = false

    /// - Parameters:
    ///   - signal: Told when the client has gone.
    ///   - bodyLimit: The most bytes of a body that is sent for.
    ///   - onRefusal: Told of what is answered here, with the name of the answer, or closed without one.
    init(
        limits: ConnectionLimits,
        signal: ClientSignal,
        bodyLimit: Int,
        admittance: Admittance = .admitted,
        isDraining: Bool = false,
        now: NIODeadline,
        onRefusal: @escaping (ConnectionProblem, _ id: String?) -> Void = { _, _ in }
    ) {
        var limits = limits
        if admittance != .admitted {
            limits.linger = limits.refusedLinger
            limits.lingerSilence = limits.refusedLinger
        }
        self.signal = signal
        self.bodyLimit = bodyLimit
        self.admittance = admittance
        self.onRefusal = onRefusal
        self.state = ConnectionState(limits: limits, isDraining: isDraining, now: now.sinceStart)
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.timer = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        self.begin(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        _ = self.state.close()
        self.timer?.cancel()
        self.timer = nil
        self.signal.fire()
        context.fireChannelInactive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        switch self.admittance {
        case .admitted: self.schedule(context)
        case .refused: self.perform(.answer(.tooManyConnections), context)
        case .dropped:
            self.onRefusal(.tooManyConnections, nil)
            context.close(promise: nil)
        }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = context.eventLoop.now.sinceStart
        let part = Self.unwrapInboundIn(data)
        self.parts += 1
        let isTaken =
            switch part {
            case .head(let head): self.state.readHead(keepsAlive: head.isKeepAlive && head.version.minor > 0, now: now)
            case .body(let bytes): self.state.readBody(bytes: bytes.readableBytes, now: now)
            case .end: self.state.readEnd(now: now)
            }
        if isTaken { self.letThrough(.part(part), context) }
        self.schedule(context)
    }

    /// Bytes came that are no part of a request yet.
    func readBytes() {
        self.state.readBytes()
    }

    func read(context: ChannelHandlerContext) {
        guard self.held.isEmpty || self.state.isLingering else {
            self.wantsRead = true
            return
        }
        context.read()
    }

    /// Passes on what belongs to the request that is being answered, and holds the rest back.
    private func letThrough(_ element: HeldParts.Element, _ context: ChannelHandlerContext) {
        guard self.held.isEmpty, !element.isHead || self.state.requests == 1 else { return self.held.append(element) }
        self.pass(element, context)
    }

    private func pass(_ element: HeldParts.Element, _ context: ChannelHandlerContext) {
        switch element {
        case .part(let part):
            if case .head(let head) = part {
                self.isOld = head.version.minor == 0
                self.expectsContinue = self.isContinueExpected(head)
            }
            context.fireChannelRead(Self.wrapInboundOut(part))
        case .failure(let problem): context.fireErrorCaught(problem)
        case .end: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    /// Lets the next request through, now that the one before it is answered.
    private func letNextThrough(_ context: ChannelHandlerContext) {
        guard self.state.isOpen else { return }
        let next = self.held.takeNext()
        for element in next { self.pass(element, context) }
        if !next.isEmpty { context.fireChannelReadComplete() }
        guard self.held.isEmpty, self.wantsRead else { return }
        self.wantsRead = false
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody else reads any more.
        if self.state.isLingering { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        self.perform(self.state.fail(ConnectionProblem(error), now: context.eventLoop.now.sinceStart), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent, Event.drain:
            self.perform(self.state.drain(), context)
            return
        case ChannelEvent.inputClosed:
            self.signal.fire()
            self.perform(self.state.inputClosed(now: context.eventLoop.now.sinceStart), context)
            self.letThrough(.end, context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func isContinueExpected(_ head: HTTPRequestHead) -> Bool {
        guard head.version.minor > 0, head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) else {
            return false
        }
        return head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0 <= self.bodyLimit
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            self.expectsContinue = false
            let asksToClose = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
            if self.state.writeHead(asksToClose: asksToClose) { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            if self.isOld { head.version = .http1_0 }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body(.byteBuffer(let bytes)) where bytes.readableBytes > Self.slice:
            self.write(bytes, context, promise)
        case .end:
            context.write(data, promise: promise)
            self.perform(self.state.writeEnd(now: context.eventLoop.now.sinceStart), context)
            // Not from here: the end has to go out first.
            if !self.held.isEmpty { context.eventLoop.assumeIsolated().execute { self.letNextThrough(context) } }
        default:
            context.write(data, promise: promise)
        }
    }

    /// Writes in slices, so that it is seen when one has gone.
    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var rest = bytes
        while rest.readableBytes > Self.slice, let slice = rest.readSlice(length: Self.slice) {
            let sent = context.eventLoop.makePromise(of: Void.self)
            sent.futureResult.assumeIsolated().whenSuccess {
                self.state.sent(now: context.eventLoop.now.sinceStart)
                self.schedule(context)
            }
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(slice))), promise: sent)
        }
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(rest))), promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.state.writable(context.channel.isWritable, now: context.eventLoop.now.sinceStart)
        context.fireChannelWritabilityChanged()
        self.schedule(context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard case Event.wantsBody = event else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard self.expectsContinue else { return }
        self.expectsContinue = false
        context.writeAndFlush(Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output:
            promise?.succeed()
            self.perform(.linger, context)
        case .all:
            _ = self.state.close()
            context.close(mode: .all, promise: promise)
        case .input:
            context.close(mode: .input, promise: promise)
        }
    }

    // MARK: Parts

    private func perform(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .nothing: break
        case .close: context.close(promise: nil)
        case .answer(let problem):
            self.write(problem, context)
            self.linger(context)
        case .linger: self.linger(context)
        case .fail(let problem): self.letThrough(.failure(problem), context)
        }
        self.schedule(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        guard self.state.linger(now: context.eventLoop.now.sinceStart) else { return }
        // Nobody would hear what came of them.
        self.held.removeAll()
        context.flush()
        context.close(mode: .output, promise: nil)
        // Whoever waits for the next request waits in vain.
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        context.read()
    }

    private func write(_ problem: ConnectionProblem, _ context: ChannelHandlerContext) {
        let error = APIError(problem)
        let id = RequestIDMiddleware.random()
        self.onRefusal(problem, id)
        let body = ByteBuffer(string: APIFlavour.openAI.body(error).json)
        var headers = HTTPHeaders(error.headers.map { ($0.name.rawName, $0.value) })
        headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        headers.add(name: "Date", value: HTTPDate.text(of: .now))
        headers.add(name: "Server", value: ServerApplication.serverName)
        headers.add(name: "X-Request-Id", value: id)
        let status = HTTPResponseStatus(statusCode: error.status.code, reasonPhrase: error.status.reasonPhrase)
        context.write(Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.write(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// A timer that is set too early is left: it sets the next one when it is over.
    private func schedule(_ context: ChannelHandlerContext) {
        guard let deadline = self.state.deadline else { return }
        if self.timer != nil, self.timerTime <= deadline { return }
        self.timer?.cancel()
        self.timerTime = deadline
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: NIODeadline(sinceStart: deadline)) {
            self.timer = nil
            self.perform(self.state.timeOut(now: context.eventLoop.now.sinceStart), context)
        }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}

extension NIODeadline {
    fileprivate var sinceStart: Duration { .nanoseconds(Int64(self.uptimeNanoseconds)) }

    fileprivate init(sinceStart time: Duration) {
        let (seconds, attoseconds) = time.components
        self = .uptimeNanoseconds(UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)))
    }
}
