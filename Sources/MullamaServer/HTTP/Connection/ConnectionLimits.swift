/// How long a client may take, and what a connection may hold.
package struct ConnectionLimits: Sendable, Hashable {
    /// From the connection's begin to the end of its first request's head. Who has sent a part of it is told.
    package var head: Duration = .seconds(10)
    /// From an answer's end to the end of the next request's head.
    package var idle: Duration = .seconds(75)
    /// From one part of a request's body to the next.
    package var body: Duration = .seconds(30)
    /// Bytes of a body in a second, over all of it, once ``body`` is over: the least that is waited for.
    package var bodyRate = 1024
    /// For how long a client may take nothing of an answer that is there. The system holds a client that has vanished to the same.
    package var send: Duration = .seconds(120)
    /// For how long a client that says it sends no more may take what is left of its answer.
    package var gone: Duration = .seconds(2)
    /// For how long it may take nothing of it. Clients that have left take nothing.
    package var goneSilence: Duration = .milliseconds(100)
    /// For how long what a client still sends is thrown away, so that it gets to read why it was refused.
    package var linger: Duration = .seconds(30)
    /// As ``linger``, from one part to the next.
    package var lingerSilence: Duration = .seconds(2)
    /// As ``linger``, on a connection for which there was no room.
    package var refusedLinger: Duration = .seconds(1)
    /// Bytes of a request's head.
    package var headSize = 64 << 10
    /// Fields of a request's head.
    package var headFields = 200
    /// Connections that are open at the same time, of all addresses together. Those through socket files count, and are never too many.
    package var connections = 1024
    /// How many more are told that there are too many. What comes beyond is closed without a word: each takes a file of the process.
    package var refusedConnections = 64

    package init() {}
}
