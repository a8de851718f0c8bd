import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The operations of all APIs behind one responder, and the applications that listen for them.
struct ServerApplication {
    let state: ServerState

    var routes: [Route] {
        CompletionsAPI(server: self.state).routes
            + OllamaAPI(server: self.state).routes
            + HealthAPI(server: self.state).routes
            + RequestsAPI(server: self.state).routes
            + TokensAPI(server: self.state).routes
    }

    func responder() -> RouterResponder<ServerContext> {
        let router = Router(context: ServerContext.self)
        router.add(middleware: RequestIDMiddleware())
        router.add(middleware: MetricsMiddleware(metrics: self.state.metrics))
        router.add(middleware: ErrorMiddleware())
        RouteTable(routes: self.routes).install(in: router) { _, _, context in context }
        return router.buildResponder()
    }

    func application(
        _ address: BindAddress,
        logger: Logger,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            responder: self.responder(),
            server: .http1(configuration: .init(additionalChannelHandlers: [ClientWatch()])),
            configuration: ApplicationConfiguration(address: address, serverName: "mullama"),
            onServerRunning: onServerRunning,
            logger: logger
        )
    }
}
