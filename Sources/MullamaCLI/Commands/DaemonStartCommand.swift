import ArgumentParser
import Foundation
import Mullama
import MullamaServer

/// `mullama daemon start`: `mullama serve` in the background.
struct DaemonStartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start the server in the background, and wait until it is ready.",
        discussion: "Takes the options of mullama serve, except for --socket. Does nothing if the daemon is running. Prints its addresses."
    )

    @OptionGroup(title: "Settings")
    var options: ServeOptions

    func run() throws {
        guard self.options.socket == nil else {
            throw ValidationError("the daemon is found by its socket: set MULLAMA_SOCKET for all commands instead of --socket for one")
        }
        // Told here, not in a log.
        let configuration = try self.options.configuration()
        guard case .path(let socket, isStandard: true) = configuration.socket else {
            throw ValidationError("the configuration sets a socket, and the daemon is found by that of MULLAMA_SOCKET: leave it out")
        }
        let start = DaemonStart(paths: .current, socket: socket, arguments: ["serve"] + self.options.arguments)
        try Interruption.shared.run { try await start.run() }
    }
}
