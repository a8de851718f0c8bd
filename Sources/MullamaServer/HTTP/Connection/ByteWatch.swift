import NIOCore

/// Tells of bytes that the parser makes no part of a request of. It stands before the parser.
final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionGuard

    init(_ connection: ConnectionGuard) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = self.connection.parts
        context.fireChannelRead(data)
        if self.connection.parts == count { self.connection.readBytes() }
    }
}

@available(*, unavailable)
extension ByteWatch: Sendable {}
