import Hummingbird
import NIOCore

/// What is known of a request beside the request itself.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// When its head had been read.
    let received = ContinuousClock.now
    /// The client's own `X-Request-Id`, else one that was made up.
    var requestID = ""
    /// The name of the key that it came with; nil if none is needed.
    var keyName: String?
    /// Whether whoever makes it may load and unload models: all may where there are no keys.
    var mayManage = true
    /// Tells when the client is gone.
    var client = ClientSignal()
    /// What is found out about it on the way, for who looks at the answer from outside.
    let notes = RequestNotes()
    /// What its path is in the table of routes, such as `/v1/models/{id}`.
    var route = ""

    /// How long a request has its model kept. Who may only use models gets what the server does: one key shall not fill the memory for ever, nor
    /// take others' models out of it.
    func heeded(_ keepAlive: KeepAlive?) -> KeepAlive? { self.mayManage ? keepAlive : nil }

    init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }
}
