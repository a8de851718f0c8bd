import ChatTemplates
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Holds a connection to its limits, answers in JSON what is no request, closes so that the client gets to read its answer, and tells that
/// the client has gone. It stands between the parser and everything else.
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

    private let signal: ClientSignal
    private let limits: ConnectionLimits
    private let bodyLimit: Int
    private let isRefused: Bool
    private var state: ConnectionState
    private var timer: Scheduled<Void>?
    private var timerTime = Duration.zero
    /// Whether the latest request waits to be told to go on with its body.
    private var expectsContinue = false
    /// Whether the latest request is of HTTP/1.0, which knows no chunks.
    private var isOld = false

    /// - Parameters:
    ///   - signal: Told when the client has gone.
    ///   - bodyLimit: The most bytes of a body that is sent for.
    ///   - isRefused: Whether there are too many connections for this one.
    init(limits: ConnectionLimits, signal: ClientSignal, bodyLimit: Int, isRefused: Bool, isDraining: Bool, now: NIODeadline) {
        self.limits = limits
        self.signal = signal
        self.bodyLimit = bodyLimit
        self.isRefused = isRefused
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
        self.perform(self.isRefused ? .answer(.tooManyConnections) : .nothing, context)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = context.eventLoop.now.sinceStart
        let isTaken: Bool
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            isTaken = self.state.readHead(keepsAlive: head.isKeepAlive && head.version.minor > 0, now: now)
            if isTaken {
                self.isOld = head.version.minor == 0
                self.expectsContinue = self.isContinueExpected(head)
            }
        case .body(let part): isTaken = self.state.readBody(bytes: part.readableBytes, now: now)
        case .end: isTaken = self.state.readEnd(now: now)
        }
        if isTaken { context.fireChannelRead(data) }
        self.schedule(context)
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
        default: break
        }
        context.fireUserInboundEventTriggered(event)
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
            if self.isOld, self.state.requests == 1 { head.version = .http1_0 }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.write(data, promise: promise)
            self.perform(self.state.writeEnd(now: context.eventLoop.now.sinceStart), context)
        default:
            context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.state.writable(context.channel.isWritable, now: context.eventLoop.now.sinceStart)
        context.fireChannelWritabilityChanged()
        self.schedule(context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard case Event.wantsBody = event else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard self.expectsContinue, self.state.requests == 1 else { return }
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
        case .fail(let problem): context.fireErrorCaught(problem)
        }
        self.schedule(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        guard self.state.linger(now: context.eventLoop.now.sinceStart) else { return }
        context.flush()
        context.close(mode: .output, promise: nil)
        // Whoever waits for the next request waits in vain.
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        context.read()
    }

    private func write(_ problem: ConnectionProblem, _ context: ChannelHandlerContext) {
        let error = APIError(problem)
        let body = ByteBuffer(string: APIFlavour.openAI.body(error).json)
        var headers = HTTPHeaders(error.headers.map { ($0.name.rawName, $0.value) })
        headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        headers.add(name: "Content-Length", value: "\(body.readableBytes)")
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
