package import Foundation
import ModelStore

/// Where a user's daemon is found, and where it keeps what it writes.
package struct DaemonPaths: Sendable, Hashable {
    /// The most bytes that a socket's path may have on every system (`sockaddr_un`).
    package static let longestSocket = 103

    /// Where the daemon listens for the programs of its user.
    package let socket: String
    /// The folder of its log.
    package let state: String

    package static var current: DaemonPaths { DaemonPaths(environment: ProcessInfo.processInfo.environment) }

    /// - Parameters:
    ///   - environment: `MULLAMA_SOCKET` and `MULLAMA_STATE` say where; empty variables count as missing.
    ///   - cache: The user's folder for what can be made again; nil for the usual one.
    package init(environment: [String: String], cache: URL? = nil) {
        let cache = cache ?? ModelStore.cacheFolder
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let folder = variable("XDG_RUNTIME_DIR").map { "\($0)/mullama" } ?? cache.appending(path: "run").path
        self.socket = variable("MULLAMA_SOCKET") ?? "\(folder)/mullama.sock"
        self.state = variable("MULLAMA_STATE") ?? cache.appending(path: "daemon").path
    }

    /// The file that tells who listens at a socket, and is locked by it.
    package static func record(of socket: String) -> String {
        (socket.hasSuffix(".sock") ? String(socket.dropLast(5)) : socket) + ".pid"
    }

    package var log: String { self.state + "/mullama.log" }
}
