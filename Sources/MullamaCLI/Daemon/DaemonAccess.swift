import MullamaServer

/// The daemon of this user, for commands that need one.
enum DaemonAccess {
    /// Calls `body` with the daemon that is running.
    ///
    /// - Throws: ``DaemonError/notRunning(socket:)`` if there is none; what `body` throws.
    static func run(_ body: @escaping @Sendable (DaemonClient) async throws -> Void) throws {
        let socket = DaemonPaths.current.socket
        guard DaemonSocket.isLive(socket) else { throw DaemonError.notRunning(socket: socket) }
        try Interruption.shared.run { try await DaemonClient.with(socket, body) }
    }
}
