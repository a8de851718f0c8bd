import Hummingbird
import HummingbirdCore
import Logging
import Mullama
import NIOCore

/// The operations of all APIs behind one responder, and the applications that listen for them.
struct ServerApplication {
    static let serverName = "mullama"

    let state: ServerState
    /// Where the server is to listen: what its clients may call it.
    var addresses: [ListenAddress] = []
    /// Where requests are logged.
    var logger = Logger(label: "mullama") { _ in SwiftLogNoOpLogHandler() }

    var routes: [Route] {
        let described =
            OpenAIRoutes(server: self.state).all
            + OllamaAPI(server: self.state).routes
            + HealthAPI(server: self.state).routes
            + RequestsAPI(server: self.state).routes
            + LocalAPI(server: self.state).routes
            + TokensAPI(server: self.state).routes
        return described + [OpenAPIRoute(others: described, version: ProgramVersion.current).route]
    }

    func responder() -> RouterResponder<ServerContext> {
        let settings = self.state.settings
        let guarding = AccessGuard(keys: settings.keys, admission: self.state.admission)
        let router = Router(context: ServerContext.self)
        router.add(middleware: RequestIDMiddleware(logger: self.logger))
        router.add(middleware: MetricsMiddleware(metrics: self.state.metrics))
        router.add(
            middleware: BrowserMiddleware(
                hosts: HostPolicy(listening: self.addresses, hosts: settings.hosts),
                origins: OriginPolicy(settings.origins)
            )
        )
        router.add(middleware: ErrorMiddleware())
        RouteTable(routes: self.routes, bodies: self.state.bodies).install(in: router) {
            [connections = self.state.connections] route, request, context in
            var context = try guarding.pass(route, request, context)
            context.client = connections.client(of: context.channel)
            return context
        }
        return router.buildResponder()
    }

    func application(
        _ address: BindAddress,
        responder: RouterResponder<ServerContext>? = nil,
        logger: Logger,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            responder: responder ?? self.responder(),
            server: self.server,
            configuration: ApplicationConfiguration(address: address, serverName: Self.serverName),
            onServerRunning: onServerRunning,
            logger: logger
        )
    }

    private var server: HTTPServerBuilder {
        let settings = self.state.settings
        let connections = self.state.connections
        let refusals = RefusalLog(metrics: self.state.metrics, logger: self.logger)
        return HTTPServerBuilder { responder in
            GuardedChannel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: HTTP1Channel.Configuration(
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: settings.connection.headSize,
                            maxHeaderListSize: settings.connection.headSize,
                            maxHeaderFieldCount: settings.connection.headFields
                        )
                    )
                ),
                connections: connections,
                limits: settings.connection,
                bodyLimit: settings.bodyLimit,
                refusals: refusals
            )
        }
    }
}
