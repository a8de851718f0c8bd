import NIOCore
import NIOHTTPTypes

/// Notices that a client closes its side of the connection, while a request of it is still being answered.
///
/// Hummingbird's own way of noticing reads ahead from the connection, and has to close it afterwards: streams would cost each client a new
/// connection.
final class ClientWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    let signal = ClientSignal()

    func channelInactive(context: ChannelHandlerContext) {
        self.signal.fire()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { self.signal.fire() }
        context.fireUserInboundEventTriggered(event)
    }

    /// The signal of a connection; nil for one that is none, as in tests without a socket.
    static func signal(of channel: any Channel) async -> ClientSignal? {
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ClientWatch.self).signal
        }.get()
    }
}
