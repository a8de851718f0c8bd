import ArgumentParser
import Foundation
import MullamaServer

/// `mullama daemon logs`: what the daemon in the background has to say.
struct DaemonLogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show the last lines of the log of a daemon in the background.",
        discussion: "A server that systemd or a terminal runs writes its log there."
    )

    @Option(name: [.customShort("n"), .long], help: "How many lines.")
    var lines = 50

    @Flag(name: .shortAndLong, help: "Go on with what is written later, until Ctrl+C.")
    var follow = false

    private static var interval: Duration { .milliseconds(200) }

    func run() throws {
        guard self.lines >= 0 else { throw ValidationError("--lines is \(self.lines): it must be 0 or more") }
        let log = DaemonLog(path: DaemonPaths.current.log)
        let (text, end) = try log.tail(self.lines)
        try Output.standard.write(text)
        guard self.follow else { return }
        try Interruption.shared.run {
            var offset = end
            while true {
                let (text, end) = log.text(from: offset)
                offset = end
                if text.isEmpty { try await Task.sleep(for: Self.interval) } else { try await Output.standard.send(text) }
            }
        }
    }
}
